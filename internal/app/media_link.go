package app

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// MediaLinkLife is how long a signed address of a recording can be used.
const MediaLinkLife = 5 * time.Minute

// mediaGrant is what a signed address says: who may fetch which recording until when.
type mediaGrant struct {
	Org       assess.OrgID       `json:"o"`
	Mode      assess.Mode        `json:"m"`
	Invite    assess.InviteID    `json:"i"`
	Recording assess.RecordingID `json:"r"`
	Kind      assess.ActorKind   `json:"k"`
	Viewer    string             `json:"v"`
	Until     int64              `json:"u"` // unix milliseconds
}

// MediaLink is a signed address of a recording of an invite, for who alone and until Expires.
type MediaLink struct {
	URL     string
	Expires time.Time
}

// mediaLink signs an address. The caller has made sure that who may see the recording.
func (a *App) mediaLink(who assess.Actor, rec assess.Recording, now time.Time) (MediaLink, error) {
	until := now.Add(MediaLinkLife)
	payload, err := json.Marshal(mediaGrant{
		Org: rec.Org, Mode: rec.Mode, Invite: rec.Invite, Recording: rec.ID, Kind: who.Kind, Viewer: who.ID, Until: until.UnixMilli(),
	})
	if err != nil {
		return MediaLink{}, err
	}
	text := base64.RawURLEncoding.EncodeToString(payload)
	return MediaLink{URL: a.baseURL + "/media/" + text + "." + a.secrets.mac(a.secrets.media, text), Expires: until}, nil
}

// LinkedResults is Results with a signed address for the recording of each answer. Errors: Forbidden, NotFound.
func (a *App) LinkedResults(ctx context.Context, who assess.Actor, id assess.InviteID) (r Results, links map[assess.RecordingID]MediaLink, err error) {
	if r, err = a.Results(ctx, who, id); err != nil {
		return r, nil, err
	}
	links = map[assess.RecordingID]MediaLink{}
	for _, answer := range r.Answers {
		if take := answer.Take; take != nil && take.State == assess.RecordingReady {
			if links[take.ID], err = a.mediaLink(who, *take, r.At); err != nil {
				return r, nil, err
			}
		}
	}
	return r, links, nil
}

// LinkedMedia opens what a signed address names, if whoever it was made for still may see it. Errors: NotFound for what nobody has
// signed; Gone once it has expired, or its API key is not to be used any more; Forbidden and NotFound when the viewer or the
// recording is no longer what it was; Unavailable.
func (a *App) LinkedMedia(ctx context.Context, token string) (MediaFile, error) {
	grant, err := a.granted(token)
	if err != nil {
		return MediaFile{}, err
	}
	var who assess.Actor
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		if !tx.Now().Before(time.UnixMilli(grant.Until)) {
			return assess.Errorf(assess.Gone, "This address has expired. Ask for the results again to get a new one.")
		}
		who, err = viewer(tx, grant)
		return err
	})
	if err != nil {
		return MediaFile{}, err
	}
	return a.InviteMedia(ctx, who, grant.Invite, grant.Recording)
}

// granted is what a token says, if we have signed it. Errors: NotFound.
func (a *App) granted(token string) (g mediaGrant, err error) {
	text, signature, _ := strings.Cut(token, ".")
	if !hmac.Equal([]byte(signature), []byte(a.secrets.mac(a.secrets.media, text))) {
		return g, assess.Errorf(assess.NotFound, "recording not found")
	}
	payload, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return g, err
	}
	return g, json.Unmarshal(payload, &g)
}

// viewer is whom an address was made for, as they stand now. Errors: NotFound when they are gone; Gone when a key is not to be used
// any more, and not Unauthenticated: signing in would not help.
func viewer(tx *store.Tx, g mediaGrant) (assess.Actor, error) {
	if g.Kind == assess.ByKey {
		key, err := tx.APIKey(g.Org, assess.APIKeyID(g.Viewer))
		if err != nil {
			return assess.Actor{}, err
		}
		if key.Usable(tx.Now()) != nil {
			err = assess.Errorf(assess.Gone, "This address was made for an API key that cannot be used any more.")
		}
		return key.Actor(), err
	}
	m, err := tx.Member(g.Org, assess.MemberID(g.Viewer))
	return m.Actor(g.Mode), err
}
