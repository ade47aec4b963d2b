package web

func (s *Server) mediaRoutes() []route {
	return []route{{"GET /media/{token}", public(), s.linkedMedia}}
}

// linkedMedia plays what a signed address names. The address is the permission: it is short-lived and bound to whom it was made
// for, who must still be allowed.
func (s *Server) linkedMedia(c *call) error {
	file, err := s.app.LinkedMedia(c.ctx(), c.r.PathValue("token"))
	if err != nil {
		return err
	}
	c.w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin") // the program that asked shows it on pages of its own
	return c.media(file)
}
