package web

// assessmentRoutes is written next.
func (s *Server) assessmentRoutes() []route { return nil }
