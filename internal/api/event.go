package api

import (
	"context"
	"strconv"

	"alfaone/internal/assess"
	"alfaone/internal/wire"
)

func eventRoutes() []route {
	return []route{
		{
			method: "GET", path: "/events", access: assess.ReadInvites, endpoint: gives((*API).listEvents), list: &listing{feed: true},
			name: "listEvents", summary: "Follow what happens",
			description: "Everything that happens in the organization, live or test as the key is, in the order in which it happened: the very events that webhooks are sent, " +
				"for who would rather ask. Nothing is left out and nothing comes twice, however many write and read at the same time. Keep `nextCursor` and ask with it as `after`, " +
				"now and then or until there is nothing new. Events are kept for as long as the organization.",
			answer: wire.EventList{Events: []wire.Event{exampleEvent}, NextCursor: exampleCursor},
		},
	}
}

// listEvents tells what comes after a cursor, whose key is the number of the last event.
func (a *API) listEvents(ctx context.Context, c *call) (wire.EventList, error) {
	cursor := *c.page.Cursor
	last, _ := strconv.ParseInt(cursor.Key, 10, 64) // it is empty at the beginning
	events, err := a.app.EventsAfter(ctx, c.who, last, c.page.Limit)
	if len(events) > 0 {
		last = events[len(events)-1].Sequence
	}
	cursor.Key = strconv.FormatInt(last, 10)
	return wire.EventListOf(events, a.app.CursorToken(c.scope, cursor)), err
}
