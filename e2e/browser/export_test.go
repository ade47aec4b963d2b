package browser

import "time"

// Impatient makes the page give up soon, for tests of failures.
func (p *Page) Impatient() { p.patience = time.Second }
