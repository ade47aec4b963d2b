package web

// mailboxRoutes is written next.
func (s *Server) mailboxRoutes() []route { return nil }
