package web

// settingsRoutes is written next.
func (s *Server) settingsRoutes() []route { return nil }
