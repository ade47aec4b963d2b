package web

// inviteRoutes is written next.
func (s *Server) inviteRoutes() []route { return nil }
