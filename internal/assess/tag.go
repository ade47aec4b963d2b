package assess

import "time"

// Tag is a word with a colour that members put on assessments and invites. Names are unique in an organization, whatever
// their case.
type Tag struct {
	ID        TagID
	Org       OrgID
	Name      string
	Color     string // #rrggbb
	CreatedAt time.Time
	UpdatedAt time.Time
}

// MaxTagRunes bounds a tag's name; MaxTags the tags on one thing.
const (
	MaxTagRunes = 50
	MaxTags     = 20
)

// DefaultTagColor is a tag's colour when nobody chose one.
const DefaultTagColor = "#64748b"

// Validate checks the tag. Errors: Invalid.
func (t Tag) Validate() error {
	var p problems
	p.line("name", t.Name, true, MaxTagRunes)
	p.colour("color", t.Color)
	return p.err()
}

// TagUpdate changes what is not nil.
type TagUpdate struct {
	Name, Color *string
}

// Apply is the tag as changed at now.
func (u TagUpdate) Apply(t Tag, now time.Time) Tag {
	if u.Name != nil {
		t.Name = CleanLine(*u.Name)
	}
	if u.Color != nil {
		t.Color = *u.Color
	}
	t.UpdatedAt = now
	return t
}
