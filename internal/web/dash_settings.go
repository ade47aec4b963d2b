package web

import (
	"slices"

	"alfaone/internal/assess"
	"alfaone/internal/web/ui"
)

func (s *Server) settingsRoutes() []route {
	return []route{
		{"GET /settings", member(assess.ReadTags), s.settingsHome},
		{"GET /settings/organization", member(assess.ManageOrganization), s.organizationPage},
		{"POST /settings/organization", member(assess.ManageOrganization), s.saveOrganization},
		{"POST /settings/organization/logo", member(assess.ManageOrganization), s.saveLogo},
		{"POST /settings/organization/logo/remove", member(assess.ManageOrganization), s.removeLogo},
		{"GET /settings/members", member(assess.ManageMembers), s.membersPage},
		{"POST /settings/members", member(assess.ManageMembers), s.inviteMember},
		{"POST /settings/members/{id}/role", member(assess.ManageMembers), s.setRole},
		{"POST /settings/members/{id}/invite", member(assess.ManageMembers), s.reinviteMember},
		{"POST /settings/members/{id}/remove", member(assess.ManageMembers), s.removeMember},
		{"GET /settings/integrations", member(assess.ManageKeys), s.keysPage},
		{"POST /settings/integrations", member(assess.ManageKeys), s.createKey},
		{"GET /settings/integrations/{id}", member(assess.ManageKeys), s.keyPage},
		{"POST /settings/integrations/{id}/rotate", member(assess.ManageKeys), s.rotateKey},
		{"POST /settings/integrations/{id}/revoke", member(assess.ManageKeys), s.revokeKey},
		{"GET /settings/tags", member(assess.ReadTags), s.tagsPage},
		{"POST /settings/tags", member(assess.ManageTags), s.createTag},
		{"POST /settings/tags/{id}", member(assess.ManageTags), s.updateTag},
		{"POST /settings/tags/{id}/delete", member(assess.ManageTags), s.deleteTag},
	}
}

// settingsTab is one of the pages of the settings.
type settingsTab struct {
	label, path string
	permission  assess.Permission
}

func settingsTabs() []settingsTab {
	return []settingsTab{
		{"Organization", "/settings/organization", assess.ManageOrganization},
		{"Members", "/settings/members", assess.ManageMembers},
		{"Integrations", "/settings/integrations", assess.ManageKeys},
		{"Tags", "/settings/tags", assess.ReadTags},
	}
}

// settingsHome leads to the first page of the settings that the member may see.
func (s *Server) settingsHome(c *call) error {
	tabs := settingsTabs()
	first := slices.IndexFunc(tabs, func(t settingsTab) bool { return c.who().Can(t.permission) })
	return c.redirect(tabs[first].path)
}

// settings is the frame of a settings page.
type settings struct {
	Dashboard ui.Dashboard
	Tabs      ui.Tabs
}

// settings is the frame of the settings page at path.
func (c *call) settings(path string) settings {
	f := settings{Tabs: ui.Tabs{Label: "Settings"}}
	for _, t := range settingsTabs() {
		if !c.who().Can(t.permission) {
			continue
		}
		f.Tabs.Items = append(f.Tabs.Items, ui.Tab{Label: t.label, Href: t.path, Current: t.path == path})
		if t.path == path {
			f.Dashboard = c.dashboard(t.label)
		}
	}
	return f
}
