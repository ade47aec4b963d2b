package assess

import "time"

// Organization owns everything but the instance itself. Its settings are the defaults of what its members make.
type Organization struct {
	ID            OrgID
	Name          string // what candidates read
	SenderName    string // the From name of its mail; empty means Name
	Accent        string // its colour, #rrggbb
	TimeZone      string // an IANA name; deadlines in mails are told in it
	Languages     []string
	Defaults      InviteDefaults
	RatePerMinute int // API requests a minute
	Notices       map[string]string
	NoticeVersion int    // rises with every change of Notices
	LogoID        string // names the current logo; empty means none
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// InviteDefaults fill the dashboard's invite form. The API has fixed ones of its own: DefaultLimit
// and DefaultExpiresInDays.
type InviteDefaults struct {
	ExpiresInDays, ReplayLimit, RecordLimit int
}

// Rates, in API requests a minute and organization.
const (
	StandardRate = 100
	MaxRate      = 1_000_000
)

// DefaultAccent is an organization's colour until it chooses its own.
const DefaultAccent = "#3b5bdb"

// MaxLogoBytes bounds an uploaded logo.
const MaxLogoBytes = 256 << 10

// NewOrganization is an organization with the settings that a new one starts with.
func NewOrganization(id OrgID, name string, now time.Time) Organization {
	return Organization{
		ID: id, Name: CleanLine(name), Accent: DefaultAccent, TimeZone: "UTC", Languages: []string{"en"},
		Defaults:      InviteDefaults{ExpiresInDays: DefaultExpiresInDays, ReplayLimit: 1, RecordLimit: 1},
		RatePerMinute: StandardRate, NoticeVersion: 1, Notices: map[string]string{}, CreatedAt: now, UpdatedAt: now,
	}
}

// Sender is the name that the organization's mail comes from.
func (o Organization) Sender() string {
	if o.SenderName != "" {
		return o.SenderName
	}
	return o.Name
}

// Location is the organization's time zone; UTC when the machine does not know it.
func (o Organization) Location() *time.Location {
	if loc, err := time.LoadLocation(o.TimeZone); err == nil {
		return loc
	}
	return time.UTC
}

// Validate checks every setting. Errors: Invalid.
func (o Organization) Validate() error {
	var p problems
	p.name("name", o.Name, true)
	p.name("senderName", o.SenderName, false)
	p.colour("accent", o.Accent)
	_, err := time.LoadLocation(o.TimeZone)
	p.when(err != nil || o.TimeZone == "" || o.TimeZone == "Local", "timeZone", "must be a time zone such as Europe/Berlin")
	p.languages("languages", o.Languages)
	p.limits(o.Defaults.ReplayLimit, o.Defaults.RecordLimit, o.Defaults.ExpiresInDays)
	p.when(o.RatePerMinute < 1 || o.RatePerMinute > MaxRate, "ratePerMinute", "must be between 1 and %d", MaxRate)
	p.texts("notice", o.Notices)
	return p.err()
}
