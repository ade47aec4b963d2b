package web

// docsRoutes is written next.
func (s *Server) docsRoutes() []route { return nil }
