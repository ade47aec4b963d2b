package wire

import "alfaone/internal/assess"

// Tag is a word with a colour that members put on assessments and invites.
type Tag struct {
	ID        string `json:"id" format:"uuid" doc:"Names the tag."`
	Name      string `json:"name" doc:"The word. It is unique in the organization, whatever its case."`
	Color     string `json:"color" pattern:"^#[0-9A-Fa-f]{6}$" doc:"The colour, as CSS writes it with six digits."`
	CreatedAt Time   `json:"createdAt" format:"date-time" doc:"When it was made."`
	UpdatedAt Time   `json:"updatedAt" format:"date-time" doc:"When it was last changed."`
}

// TagList is a page of tags.
type TagList struct {
	Tags       []Tag      `json:"tags" nullable:"false" doc:"The tags of this page."`
	Pagination Pagination `json:"pagination"`
}

// TagCreated answers the making of a tag.
type TagCreated struct {
	Tag Tag `json:"tag"`
}

// TagRequest asks for a new tag.
type TagRequest struct {
	Name  string  `json:"name" minLength:"1" maxLength:"50" doc:"The word, on one line. White space around it is dropped."`
	Color *string `json:"color,omitempty" pattern:"^#[0-9A-Fa-f]{6}$" default:"#64748b" doc:"The colour, as CSS writes it with six digits."`
}

// Colour is the wanted colour; empty for the default.
func (r TagRequest) Colour() string { return or(r.Color, "") }

// TagPatch changes what it names of a tag.
type TagPatch struct {
	Name  *string `json:"name,omitempty" minLength:"1" maxLength:"50" doc:"The new word, on one line."`
	Color *string `json:"color,omitempty" pattern:"^#[0-9A-Fa-f]{6}$" doc:"The new colour, as CSS writes it with six digits."`
}

// Update is the wish in the field's terms.
func (p TagPatch) Update() assess.TagUpdate { return assess.TagUpdate{Name: p.Name, Color: p.Color} }

// TagOf is the tag on the wire.
func TagOf(t assess.Tag) Tag {
	return Tag{ID: string(t.ID), Name: t.Name, Color: t.Color, CreatedAt: TimeOf(t.CreatedAt), UpdatedAt: TimeOf(t.UpdatedAt)}
}

// TagListOf is a part of a list of tags.
func TagListOf(items []assess.Tag, p Pagination) TagList {
	return TagList{Tags: list(items, TagOf), Pagination: p}
}
