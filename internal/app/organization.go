package app

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"image/png"
	"maps"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// Logo is an organization's picture.
type Logo = store.Logo

// Organization reads the actor's organization.
func (a *App) Organization(ctx context.Context, who assess.Actor) (o assess.Organization, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		o, err = tx.Organization(who.Org)
		return err
	})
	return o, err
}

// UpdateOrganization writes the settings in o; its id, logo, rate and times are left as they are. A changed notice becomes a
// new version of it. Errors: Forbidden, Invalid.
func (a *App) UpdateOrganization(ctx context.Context, who assess.Actor, o assess.Organization) error {
	if err := who.May(assess.ManageOrganization); err != nil {
		return err
	}
	return a.tx(ctx, func(tx *store.Tx) error {
		if err := tx.LockOrganization(who.Org); err != nil {
			return err
		}
		was, err := tx.Organization(who.Org)
		if err != nil {
			return err
		}
		o.ID, o.LogoID, o.RatePerMinute, o.NoticeVersion = was.ID, was.LogoID, was.RatePerMinute, was.NoticeVersion
		o.Name, o.SenderName = assess.CleanLine(o.Name), assess.CleanLine(o.SenderName)
		if err := o.Validate(); err != nil {
			return err
		}
		if !maps.Equal(o.Notices, was.Notices) {
			o.NoticeVersion++
		}
		return tx.UpdateOrganization(o)
	})
}

// DefaultNotice is what candidates agree to, in a language, while the organization has no words of its own for it.
func (a *App) DefaultNotice(o assess.Organization, language string) string {
	return a.texts.For(language).T("take.notice.text", "organization", o.Name)
}

// maxLogoPixels bounds a logo's width and height: what is larger is not worth decoding.
const maxLogoPixels = 2048

// SetLogo makes a PNG or JPEG picture the organization's logo; no bytes at all remove it. The picture is decoded and written
// anew, so that nothing but its pixels is kept. Errors: Forbidden, Invalid.
func (a *App) SetLogo(ctx context.Context, who assess.Actor, picture []byte) error {
	if err := who.May(assess.ManageOrganization); err != nil {
		return err
	}
	logo, err := cleanLogo(picture)
	if err != nil {
		return err
	}
	return a.tx(ctx, func(tx *store.Tx) error {
		if err := tx.LockOrganization(who.Org); err != nil {
			return err
		}
		return tx.ReplaceLogo(who.Org, a.newID(), logo)
	})
}

func cleanLogo(picture []byte) (store.Logo, error) {
	refuse := func(message string) (store.Logo, error) {
		return store.Logo{}, assess.InvalidFields(assess.Problem{Field: "logo", Message: message})
	}
	if len(picture) == 0 {
		return store.Logo{}, nil
	}
	if len(picture) > assess.MaxLogoBytes {
		return refuse("must be at most 256 KB")
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(picture))
	if err != nil || format != "png" && format != "jpeg" {
		return refuse("must be a PNG or JPEG picture")
	}
	if config.Width > maxLogoPixels || config.Height > maxLogoPixels {
		return refuse("must be at most 2048 pixels wide and high")
	}
	decoded, _, err := image.Decode(bytes.NewReader(picture))
	if err != nil {
		return refuse("is damaged; save it again as PNG or JPEG")
	}
	var out bytes.Buffer
	if format == "jpeg" {
		err = jpeg.Encode(&out, decoded, &jpeg.Options{Quality: 90})
	} else {
		err = png.Encode(&out, decoded)
	}
	return store.Logo{ContentType: "image/" + format, Bytes: out.Bytes()}, err
}

// Logo reads a logo by its id, for anybody: candidates see it. Errors: NotFound.
func (a *App) Logo(ctx context.Context, id string) (l store.Logo, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		l, err = tx.Logo(id)
		return err
	})
	return l, err
}

// logoURL is where the organization's logo can be fetched; empty without one.
func (a *App) logoURL(o assess.Organization) string {
	if o.LogoID == "" {
		return ""
	}
	return a.baseURL + "/logo/" + o.LogoID
}
