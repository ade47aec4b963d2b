package assess

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
)

// InviteStatus is the public status of an invite. There is no other, ever.
type InviteStatus string

// The statuses.
const (
	Pending   InviteStatus = "pending"   // sent, nothing agreed yet
	Accepted  InviteStatus = "accepted"  // the candidate has agreed to the notice
	Started   InviteStatus = "started"   // the clock runs
	Completed InviteStatus = "completed" // submitted, by the candidate or by the clock
	Expired   InviteStatus = "expired"   // not started in time
	Revoked   InviteStatus = "revoked"   // taken back by a member, or withdrawn by the candidate
)

// InviteStatuses lists the statuses in the order of an invite's life.
func InviteStatuses() []InviteStatus {
	return []InviteStatus{Pending, Accepted, Started, Completed, Expired, Revoked}
}

// Reasons that explain a status where the status alone does not.
const (
	ReasonCandidate = "candidate"
	ReasonWithdrawn = "withdrawn_by_candidate"
	ReasonTimeLimit = "time_limit"
)

// Delivery is where the invite's mail stands. It never changes the invite's status.
type Delivery string

// The deliveries.
const (
	MailQueued   Delivery = "queued"   // waits for its job, or for its next try
	MailSending  Delivery = "sending"  // handed to the mail server, answer not yet known
	MailSent     Delivery = "sent"     // taken by the mail server, or by the built-in mailbox
	MailFailed   Delivery = "failed"   // refused for good, because of its address
	MailInDoubt  Delivery = "in_doubt" // the connection broke after the last byte: it may have arrived
	MailNone     Delivery = "none"     // nobody asked for a mail
	MailCanceled Delivery = "canceled" // overtaken: the invite was revoked or completed before it left
)

// InviteSummary is what lists show of an invite.
type InviteSummary struct {
	ID             InviteID
	Org            OrgID
	Mode           Mode
	Assessment     AssessmentID
	AssessmentName string // as the version says it that the invite is pinned to
	Email          string
	Name           string       // the recipient's; may be empty
	Stored         InviteStatus // as last written; StatusAt tells the status
	Delivery       Delivery
	ReplayLimit    int // how often a question may be heard again; plays = 1 + ReplayLimit
	RecordLimit    int // recording attempts an answer
	SentAt         time.Time
	ExpiresAt      time.Time
	AcceptedAt     time.Time
	StartedAt      time.Time
	CompletedAt    time.Time
}

// Invite asks one person to take one version of an assessment.
type Invite struct {
	InviteSummary
	Version       int
	External      string            // what the client calls it, unique in the organization and mode; may be empty
	Metadata      map[string]string // what the client keeps with it; nil for nothing
	RedirectURL   string            // where candidates go on when they are done; may be empty
	Duplicate     bool              // wanted although the address had an open invite to the assessment
	Language      string            // one of InterfaceLanguages
	Message       string            // from the inviter; may be empty
	Tags          []TagID
	Proctoring    Proctoring
	Reason        string
	DeliveryError string // what the mail server said, when it refused
	TokenVersion  int    // raising it makes older links unknown
	RevokedAt     time.Time
	CompleteBy    time.Time // once started
	UpdatedAt     time.Time
}

// Limits of an invite, and what the API takes when a field is absent.
const (
	MaxLimit             = 100
	MaxExpiresInDays     = 365
	DefaultExpiresInDays = 30
	DefaultLimit         = 1
)

// StatusAt is the invite's status at now: expiry is a matter of time, whatever has been written down.
func (inv InviteSummary) StatusAt(now time.Time) InviteStatus {
	if (inv.Stored == Pending || inv.Stored == Accepted) && !now.Before(inv.ExpiresAt) {
		return Expired
	}
	return inv.Stored
}

// Open reports whether the invite can still lead to an answer.
func (s InviteStatus) Open() bool { return s == Pending || s == Accepted || s == Started }

// NewInvite is what one says to invite somebody.
type NewInvite struct {
	Assessment    AssessmentID
	Email         string
	Name          string
	Language      string // empty: the assessment's primary one, if the product speaks it, else English
	Message       string
	Grader        MemberID
	Tags          []TagID
	ReplayLimit   int
	RecordLimit   int
	ExpiresInDays int
	Proctoring    ProctoringChoice
	External      string            // what the client calls it; empty for nothing
	Metadata      map[string]string // up to MaxMetadata pairs
	RedirectURL   string            // https; empty for none
	Silent        bool              // send no mail: the client hands the link on
	OnDuplicate   OnDuplicate       // empty: RefuseDuplicate
}

// OnDuplicate says what inviting an address does that has an open invite to the assessment, or under a name that another
// invite has.
type OnDuplicate string

// What inviting again does.
const (
	RefuseDuplicate OnDuplicate = "error"  // nothing: Conflict
	ReturnDuplicate OnDuplicate = "return" // nothing: the invite that is there is the answer
	CreateDuplicate OnDuplicate = "create" // another invite; a name is still given once
)

// OnDuplicates lists what inviting again can do; the first is the default.
func OnDuplicates() []OnDuplicate {
	return []OnDuplicate{RefuseDuplicate, ReturnDuplicate, CreateDuplicate}
}

// Limits of what clients keep with an invite.
const (
	MaxExternalRunes = 200
	MaxMetadata      = 20
	MaxMetadataKey   = 40
	MaxMetadataValue = 500
	MaxURLBytes      = 2000
)

// ProctoringChoice says per switch on, off, or (nil) what the assessment says.
type ProctoringChoice struct {
	ScreenRecording, WebcamMonitoring, IDCapture *bool
}

// Or fills what was not chosen from p.
func (c ProctoringChoice) Or(p Proctoring) Proctoring {
	pick := func(choice *bool, otherwise bool) bool {
		if choice != nil {
			return *choice
		}
		return otherwise
	}
	return Proctoring{
		ScreenRecording:  pick(c.ScreenRecording, p.ScreenRecording),
		WebcamMonitoring: pick(c.WebcamMonitoring, p.WebcamMonitoring),
		IDCapture:        pick(c.IDCapture, p.IDCapture),
	}
}

// Validate checks the wish by itself. Errors: Invalid.
func (n NewInvite) Validate() error {
	var p problems
	p.when(!ValidID(string(n.Assessment)), "assessmentId", "must be a UUID")
	p.email("recipientEmail", n.Email)
	p.name("recipientName", n.Name, false)
	p.when(n.Language != "" && !interfaceLanguage(n.Language), "language", "must be one of %s", strings.Join(InterfaceLanguages(), ", "))
	p.text("customMessage", n.Message, MaxMessageRunes)
	p.when(len(n.Tags) > MaxTags, "tags", "must be at most %d", MaxTags)
	p.limits(n.ReplayLimit, n.RecordLimit, n.ExpiresInDays)
	p.line("externalId", n.External, false, MaxExternalRunes)
	p.metadata("metadata", n.Metadata)
	p.secureURL("redirectUrl", n.RedirectURL)
	p.when(n.OnDuplicate != "" && !slices.Contains(OnDuplicates(), n.OnDuplicate), "onDuplicate", "must be error, return or create")
	return p.err()
}

func (p *problems) metadata(field string, pairs map[string]string) {
	p.when(len(pairs) > MaxMetadata, field, "must have at most %d pairs", MaxMetadata)
	for _, key := range slices.Sorted(maps.Keys(pairs)) {
		if !OneLine(key, MaxMetadataKey) {
			p.add(field, "must have keys of 1 to %d plain characters", MaxMetadataKey)
			return
		}
		p.text(field+"."+key, pairs[key], MaxMetadataValue)
	}
}

// secureURL checks an absolute https address without user or password, or nothing.
func (p *problems) secureURL(field, s string) {
	u, err := url.Parse(s)
	good := err == nil && u.Scheme == "https" && u.Hostname() != "" && u.User == nil && len(s) <= MaxURLBytes &&
		!strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unsafeInLine(r) })
	p.when(s != "" && !good, field, "must be an https address of at most %d characters", MaxURLBytes)
}

func (p *problems) limits(replay, record, days int) {
	p.when(replay < 1 || replay > MaxLimit, "questionReplayLimit", "must be between 1 and %d", MaxLimit)
	p.when(record < 1 || record > MaxLimit, "answerRecordLimit", "must be between 1 and %d", MaxLimit)
	p.when(days < 1 || days > MaxExpiresInDays, "expiresInDays", "must be between 1 and %d", MaxExpiresInDays)
}

// Invite is the invite that the wish n makes at now. It checks the wish and whether the assessment can be sent. Errors:
// Invalid, Conflict.
func (s AssessmentSummary) Invite(id InviteID, mode Mode, n NewInvite, now time.Time) (Invite, error) {
	if err := n.Validate(); err != nil {
		return Invite{}, err
	}
	if err := s.Sendable(); err != nil {
		return Invite{}, err
	}
	email, _ := Email(n.Email)
	delivery := MailQueued
	if n.Silent {
		delivery = MailNone
	}
	return Invite{
		InviteSummary: InviteSummary{
			ID: id, Org: s.Org, Mode: mode, Assessment: s.ID, AssessmentName: s.Name,
			Email: email, Name: CleanLine(n.Name), Stored: Pending, Delivery: delivery,
			ReplayLimit: n.ReplayLimit, RecordLimit: n.RecordLimit,
			SentAt: now, ExpiresAt: now.Add(days(n.ExpiresInDays)),
		},
		Version: s.Version, External: CleanLine(n.External), Metadata: n.Metadata, RedirectURL: n.RedirectURL,
		Duplicate: n.OnDuplicate == CreateDuplicate, Language: n.language(s.Languages), Message: CleanText(n.Message), Tags: n.Tags,
		Proctoring: n.Proctoring.Or(s.Proctoring), TokenVersion: 1, UpdatedAt: now,
	}, nil
}

// language is the wished one, or else the assessment's primary one if the product speaks it.
func (n NewInvite) language(languages []string) string {
	switch {
	case n.Language != "":
		return n.Language
	case len(languages) > 0 && interfaceLanguage(languages[0]):
		return languages[0]
	default:
		return InterfaceLanguages()[0]
	}
}

func interfaceLanguage(tag string) bool { return slices.Contains(InterfaceLanguages(), tag) }

// days is n times 24 hours, whatever clocks do in between.
func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// InviteFilter narrows a list of invites. Empty fields do not narrow.
type InviteFilter struct {
	Assessment   AssessmentID
	Status       InviteStatus
	Search       string // part of the address or name, whatever its case
	Email        string // the address, whatever its case
	External     string
	UpdatedSince time.Time // changed then or later; expiring is a change
	Tag          TagID
	Grader       MemberID
	Delivery     Delivery
	Grade        GradeFilter    // of completed invites
	Decision     DecisionFilter // of completed invites
}

// InviteSorts are the orders that a list of invites can have; the first is the default.
func InviteSorts() []string { return []string{"sent_at", "status", "expires_at"} }

// Extend moves the deadline to days after now: that of finishing once the candidate has started, else that of starting. It
// returns the new one. Errors: Invalid when it is not later than the present one.
func (inv *Invite) Extend(now time.Time, extraDays int) (time.Time, error) {
	var p problems
	p.when(extraDays < 1 || extraDays > MaxExpiresInDays, "expiresInDays", "must be between 1 and %d", MaxExpiresInDays)
	return inv.postpone(p, "expiresInDays", now.Add(days(extraDays)))
}

// ExtendTo is Extend to a time.
func (inv *Invite) ExtendTo(now, until time.Time) (time.Time, error) {
	var p problems
	p.when(!until.After(now), "expiresAt", "must be in the future")
	p.when(until.After(now.Add(days(MaxExpiresInDays))), "expiresAt", "must be at most %d days from now", MaxExpiresInDays)
	return inv.postpone(p, "expiresAt", until)
}

// postpone moves the deadline that counts, unless there are problems already.
func (inv *Invite) postpone(p problems, field string, until time.Time) (time.Time, error) {
	deadline := &inv.ExpiresAt
	if inv.Stored == Started {
		deadline = &inv.CompleteBy
	}
	p.when(deadline.IsZero(), field, "cannot be given: this attempt has no deadline")
	p.when(p == nil && !until.After(*deadline), field, "must lead to a later deadline than the present one")
	if err := p.err(); err != nil {
		return *deadline, err
	}
	*deadline = until
	return until, nil
}

// Readdressed is the invite to the mended address and name, with a new link. Errors: Invalid.
func (inv Invite) Readdressed(email, name string) (Invite, error) {
	var p problems
	p.email("recipientEmail", email)
	p.name("recipientName", name, false)
	if err := p.err(); err != nil {
		return inv, err
	}
	inv.Email, _ = Email(email)
	inv.Name, inv.Delivery, inv.DeliveryError = CleanLine(name), MailQueued, ""
	inv.TokenVersion++
	return inv, nil
}
