package web

import "net/http"

// errorTitle is the heading of an error page.
func errorTitle(status int) string {
	switch status {
	case http.StatusNotFound:
		return "Not found"
	case http.StatusForbidden:
		return "Not allowed"
	case http.StatusConflict:
		return "Not possible now"
	case http.StatusGone:
		return "No longer available"
	case http.StatusTooManyRequests:
		return "Too many tries"
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusMethodNotAllowed:
		return "That did not work"
	default:
		return "Something went wrong"
	}
}
