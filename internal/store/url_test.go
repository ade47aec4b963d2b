package store

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

func TestAPasswordThatIsNotEscapedIsRefusedUnread(t *testing.T) {
	t.Parallel()
	for url, ok := range map[string]bool{
		"postgres://alfaone:secret@db.example:5432/alfaone?sslmode=disable":           true,
		"postgresql://alfaone:se%40cr%2Fet@one.example:5432,two.example:5432/alfaone": true,
		"postgres://alfaone:se@secret@db.example/alfaone":                             false,
		"postgres://alfaone:12/secret@db.example/alfaone":                             false,
		"postgres://alfaone:12/x?secret@db.example/alfaone":                           false,
		"postgres://alfaone:se%secret@db.example/alfaone":                             false,
		"mysql://alfaone:secret@db.example/alfaone":                                   false,
		"postgres:///alfaone?host=/run/postgresql":                                    true,
	} {
		err := CheckURL(url)
		if (err == nil) != ok || err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// FuzzCheckURL holds that a database's password is refused, or read whole: no part of it is in an error or becomes a host or the
// name of a database, which errors of the driver repeat.
func FuzzCheckURL(f *testing.F) {
	const secret = "hunter2secret"
	f.Add("", "", "db.example:5432/alfaone?sslmode=disable")
	f.Add("a@", "", "db.example/alfaone")
	f.Add("12/", "", "db.example/alfaone")
	f.Add("12/x?", "", "db.example/alfaone?application_name=x")
	f.Add("%", "%zz", "[::1]:5432,two.example/alfaone?password=%00")
	f.Add("[", ",", "[::1/?x")
	f.Add(":", "#?x=y", "h:x/?port=a&sslmode=never")
	f.Add(" ", " ", "/?host=/run/postgresql&connect_timeout=-1")
	f.Fuzz(func(t *testing.T, before, after, rest string) {
		url := "postgres://alfaone:" + before + secret + after + "@" + rest
		if err := CheckURL(url); err != nil {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("%q: %v", url, err)
			}
			return
		}
		c, err := pgx.ParseConfig(url)
		if err != nil {
			t.Fatalf("%q is taken: %v", url, err)
		}
		told := []string{c.User, c.Database, c.Host}
		for _, other := range c.Fallbacks {
			told = append(told, other.Host)
		}
		if strings.Contains(strings.Join(told, " "), secret) {
			t.Errorf("%q leads to %q", url, told)
		}
	})
}
