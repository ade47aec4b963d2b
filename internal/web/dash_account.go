package web

// accountRoutes is written next.
func (s *Server) accountRoutes() []route { return nil }
