package web

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

// tagsView is what the page of the tags shows. Name and Color are of the form to add one; Edited is the tag whose change was
// refused, as typed.
type tagsView struct {
	settings
	Tags        []assess.Tag
	Uses        map[assess.TagID]app.TagUse
	May         bool // the member may change tags
	Name, Color string
	Edited      assess.Tag
	Errors      []ui.FieldError
}

func tagLabels() map[string]string {
	return map[string]string{"name": "The name", "color": "The colour"}
}

func (s *Server) tagsPage(c *call) error {
	return c.showTags(http.StatusOK, tagsView{Color: assess.DefaultTagColor})
}

func (c *call) showTags(status int, v tagsView) (err error) {
	v.settings, v.May = c.settings("/settings/tags"), c.who().Can(assess.ManageTags)
	if v.Tags, err = c.s.app.AllTags(c.ctx(), c.who()); err != nil {
		return err
	}
	uses, err := c.s.app.TagUses(c.ctx(), c.who())
	if err != nil {
		return err
	}
	v.Uses = make(map[assess.TagID]app.TagUse, len(uses))
	for _, u := range uses {
		v.Uses[u.Tag] = u
	}
	return c.render(status, tagsPage(v))
}

func (s *Server) createTag(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	v := tagsView{Name: c.value("name"), Color: c.value("color")}
	_, err := s.app.CreateTag(c.ctx(), c.who(), v.Name, v.Color)
	if err == nil {
		return c.done("The tag is added.", "/settings/tags")
	}
	if v.Errors, err = fieldErrors(err, tagLabels()); err != nil {
		return err
	}
	return c.showTags(http.StatusUnprocessableEntity, v)
}

func (s *Server) updateTag(c *call) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	if err := c.form(); err != nil {
		return err
	}
	v := tagsView{Color: assess.DefaultTagColor, Edited: assess.Tag{ID: assess.TagID(id), Name: c.value("name"), Color: c.value("color")}}
	_, err = s.app.UpdateTag(c.ctx(), c.who(), v.Edited.ID, assess.TagUpdate{Name: &v.Edited.Name, Color: &v.Edited.Color})
	if err == nil {
		return c.done("The tag is changed.", "/settings/tags")
	}
	if v.Errors, err = fieldErrors(err, tagLabels()); err != nil {
		return err
	}
	for i := range v.Errors {
		v.Errors[i].Field = "" // the fields in the list have no names of their own to lead to
	}
	return c.showTags(http.StatusUnprocessableEntity, v)
}

func (s *Server) deleteTag(c *call) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	if err := s.app.DeleteTag(c.ctx(), c.who(), assess.TagID(id)); err != nil {
		return err
	}
	return c.done("The tag is deleted.", "/settings/tags")
}

func (v tagsView) rows() []ui.Row {
	rows := make([]ui.Row, len(v.Tags))
	for i, t := range v.Tags {
		rows[i] = ui.Row{ID: string(t.ID), Name: t.Name, Cells: []templ.Component{tagName(t), ui.Text(v.used(t))}}
		if !v.May {
			continue
		}
		shown := t
		if t.ID == v.Edited.ID {
			shown.Name, shown.Color = v.Edited.Name, v.Edited.Color
		}
		rows[i].Cells[0] = tagForm(shown, t.Name)
		rows[i].Actions = []ui.MenuItem{{
			Label: "Delete", Icon: ui.IconTrash, Danger: true, Post: "/settings/tags/" + string(t.ID) + "/delete",
			Confirm: &ui.Confirm{Title: "Delete " + t.Name + "?", Text: v.lost(t), Yes: "Delete"},
		}}
	}
	return rows
}

// used says on how many things the tag is: "2 assessments, 1 invite".
func (v tagsView) used(t assess.Tag) string {
	u := v.Uses[t.ID]
	var parts []string
	if u.Assessments > 0 {
		parts = append(parts, counted(u.Assessments, "assessment"))
	}
	if u.Invites > 0 {
		parts = append(parts, counted(u.Invites, "invite"))
	}
	if len(parts) == 0 {
		return "Not used"
	}
	return strings.Join(parts, ", ")
}

func (v tagsView) lost(t assess.Tag) string {
	if v.Uses[t.ID] == (app.TagUse{}) {
		return "It is not used anywhere."
	}
	return fmt.Sprintf("It is taken off %s. This cannot be undone.", v.used(t))
}

// counted writes a number with its noun.
func counted(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return ui.Number(n) + " " + noun
}
