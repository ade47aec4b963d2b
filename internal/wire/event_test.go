package wire_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"alfaone/internal/assess"
	"alfaone/internal/wire"
)

func TestAnEventTellsIdsAndNothingElse(t *testing.T) {
	t.Parallel()
	e := assess.Event{
		ID: "e", Org: "o", Mode: assess.Test, Sequence: 7, Type: assess.InviteCompleted, Invite: "i", Assessment: "a", External: "A&B <7>",
		Status: assess.Completed, Actor: assess.ByMember, ActorID: "m", ActorName: "Ada Lovelace", Note: "by Ada for grace@example.com",
		At: time.Date(2025, 1, 20, 10, 12, 0, 5e6, time.UTC),
	}
	for want, event := range map[string]assess.Event{
		`{"type":"invite.completed","timestamp":"2025-01-20T10:12:00.005Z","data":{"eventId":"e","sequence":7,"inviteId":"i","assessmentId":"a",` +
			`"externalId":"A&B <7>","webhookId":null,"status":"completed","mode":"test"}}`: e,
		`{"type":"endpoint.disabled","timestamp":"2025-01-20T10:12:00.005Z","data":{"eventId":"e","sequence":8,"inviteId":null,"assessmentId":null,` +
			`"externalId":null,"webhookId":"w","status":null,"mode":"live"}}`: {ID: "e", Mode: assess.Live, Sequence: 8, Type: assess.EndpointDisabled, Webhook: "w", At: e.At},
	} {
		got, err := wire.EventOf(event).Body()
		if err != nil || string(got) != want {
			t.Errorf("%v\n%s\nwant\n%s", err, got, want)
		}
	}
}

func TestTheContractListsEveryTypeOfEvent(t *testing.T) {
	t.Parallel()
	field, _ := reflect.TypeFor[wire.Event]().FieldByName("Type")
	var want []string
	for _, typ := range assess.EventTypes() {
		want = append(want, string(typ))
	}
	if got := field.Tag.Get("enum"); got != strings.Join(want, ",") {
		t.Errorf("the contract has %s, want %s", got, strings.Join(want, ","))
	}
}
