// Package ui is the kit of components from which every page is made: shells,
// buttons, fields, tables, messages, charts.
//
// A component is a struct whose fields say everything about it. Those that stand
// alone are rendered as they are; those that hold content are opened by With. A
// page is a templ component that puts them together:
//
//	templ invitesPage(d ui.Dashboard, list inviteList) {
//		@d.With() {
//			@ui.PageHeader{
//				Title:   "Invites",
//				Actions: []templ.Component{ui.Button{Label: "Invite", Kind: ui.Primary, Icon: ui.IconPlus, Href: "/invites/new"}},
//			}
//			@ui.Filters{URL: list.URL, Label: "Search invites", Search: list.Search}
//			@ui.Table{
//				Caption: "Invites",
//				Order:   list.Order,
//				Columns: []ui.Column{{Label: "Candidate", Key: "name"}, {Label: "Status"}, {Label: "Sent", Key: "sent_at"}},
//				Rows:    list.rows(), // Cells: ui.Text(name), ui.InviteStatus(status), ui.Time{At: sent}
//				Empty:   ui.Empty{Icon: ui.IconInvite, Title: "No invites yet", Text: "Invite someone and they appear here."},
//			}
//			@ui.Pagination{URL: list.URL, Page: list.Page, Limit: 20, Total: list.Total}
//		}
//	}
//
//	templ newTagPage(d ui.Dashboard, in tagForm) {
//		@d.With() {
//			@ui.PageHeader{Title: "New tag", Crumbs: []ui.Crumb{{Label: "Tags", Href: "/settings/tags"}}}
//			@ui.Form{Action: "/settings/tags", Errors: in.Errors}.With() {
//				@ui.Input{Name: "name", Label: "Name", Value: in.Name, Error: ui.ErrorFor(in.Errors, "name")}
//				@ui.Input{Name: "color", Label: "Colour", Type: "color", Value: in.Color}
//				@ui.Actions(ui.Button{Label: "Add tag", Kind: ui.Primary}, ui.Button{Label: "Cancel", Kind: ui.Quiet, Href: "/settings/tags"})
//			}
//		}
//	}
//
// The handler makes the Dashboard (or Narrow) once for all pages, with Links from
// package assets, and puts the nonce of the Content-Security-Policy into the
// context with templ.WithNonce. The styleguide shows every component.
//
// Everything works without scripts; internal/web/assets/ts adds comfort by the
// data attributes that components carry. Styles are in internal/web/assets/css;
// markup must have no style attribute and no event handler, since the policy
// forbids both. In pages, Tailwind's utilities may be used for the space between
// components; the stylesheet is then rebuilt as tools/css/README.md says.
//
// This package must not import another of ours, read the clock, ask who is signed
// in, or decide what anyone may do: pages leave out what is not permitted.
package ui
