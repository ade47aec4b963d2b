package api

import (
	"net/http"

	"alfaone/internal/assess"
	"alfaone/internal/wire"
)

func inviteRoutes() []route {
	return []route{
		{
			method: "GET", path: "/invites", access: assess.ReadInvites, endpoint: gives((*API).listInvites),
			list: &listing{sorts: assess.InviteSorts(), filters: []filter{
				{name: "assessmentId", description: "Only invites to this assessment."},
				{name: "status", form: oneOfSeveral, oneOf: texts(assess.InviteStatuses()), description: "Only invites with this status now."},
				{name: "recipientEmail", form: anAddress, description: "Only invites of this address, whatever its case."},
				{name: "externalId", form: aText, description: "Only the invite that you call so."},
				{name: "tag", description: "Only invites that have the tag with this id."},
				{name: "graderId", description: "Only invites that this member is to grade, or has graded."},
				{name: "updatedSince", form: aTime, description: "Only invites that have changed then or later: by a step of their life (also expiry), by their mail, or by somebody who changed what they say."},
			}},
			name: "listInvites", summary: "List invites", description: "The invites of the organization, live or test as the key is.",
			answer: wire.InviteList{Invites: []wire.Invite{exampleInvite}, Pagination: examplePage},
		},
		{
			method: "POST", path: "/invites", access: assess.InviteCandidates, endpoint: takes((*API).createInvite), found: http.StatusOK,
			name: "createInvite", summary: "Invite a candidate",
			description: "Makes an invite and sends the candidate an e-mail with the link. With a test key, the e-mail is captured and not sent. What happens when the address has been invited before, onDuplicate says.",
			errors:      []int{http.StatusNotFound, http.StatusConflict},
			example:     exampleInviteRequest, answer: wire.InviteCreated{Invite: exampleInvite},
		},
		{
			method: "POST", path: "/invites/batch", access: assess.InviteCandidates, endpoint: takes((*API).createInvites),
			maxBody: MaxLargeBody, once: byHandler, status: http.StatusOK,
			name: "createInvites", summary: "Invite many candidates",
			description: "Invites up to 1,000 candidates, each as by itself, and answers for each how it went. A wish that is refused stops no other. A body that has not the right form is refused as a whole, before anything is done. " +
				"Send an Idempotency-Key, and the batch can be repeated after any trouble: wishes that were carried out are not carried out again, the others are tried.",
			example: wire.InviteBatch{Invites: []wire.InviteRequest{exampleInviteRequest}}, answer: exampleBatchResults,
		},
		{
			method: "GET", path: "/invites/{inviteId}", access: assess.ReadInvites, endpoint: gives((*API).getInvite),
			name: "getInvite", summary: "Get an invite", description: "One invite, with its settings and its grader.",
			answer: exampleInviteDetail,
		},
		{
			method: "PATCH", path: "/invites/{inviteId}", access: assess.InviteCandidates, endpoint: takes((*API).updateInvite),
			name: "updateInvite", summary: "Change an invite",
			description: "Changes what the body names and leaves the rest. To ask for what is so already changes nothing. Address and assessment cannot be changed: revoke the invite and make another.",
			errors:      []int{http.StatusConflict},
			example:     exampleInvitePatch, answer: exampleChangedInvite,
		},
		{
			method: "POST", path: "/invites/{inviteId}/resend", access: assess.InviteCandidates, endpoint: gives((*API).resendInvite), status: http.StatusOK,
			name: "resendInvite", summary: "Send the e-mail again",
			description: "Sends the candidate the same link again, while they can still answer; at most once a minute (429). It also sends the mail of an invite that was made without one.",
			errors:      []int{http.StatusConflict},
			answer:      exampleInviteDetail,
		},
		{
			method: "POST", path: "/invites/{inviteId}/revoke", access: assess.InviteCandidates, endpoint: mayTake((*API).revokeInvite), status: http.StatusOK,
			name: "revokeInvite", summary: "Take an invite back",
			description: "Ends the invite: its link says so. An invite whose candidate has started is revoked with force only; one that is completed or expired cannot be. Revoking again changes nothing.",
			errors:      []int{http.StatusConflict},
			example:     wire.RevokeRequest{Force: new(false)}, answer: exampleRevokedInvite,
		},
		{
			method: "GET", path: "/invites/{inviteId}/results", access: assess.ReadResults, endpoint: gives((*API).getResults),
			name: "getInviteResults", summary: "Get the results of an invite",
			description: "What was answered, the scores that count, every grader's evaluation and the decision. Addresses of recordings are signed for this key, work without it in a player, answer byte ranges, and expire after five minutes.",
			answer:      exampleResults,
		},
		{
			method: "GET", path: "/invites/{inviteId}/timeline", access: assess.ReadInvites, endpoint: gives((*API).getTimeline),
			name: "getInviteTimeline", summary: "Get what has happened to an invite", description: "Each step of the invite's life with its time and who took it, the oldest first.",
			answer: exampleTimeline,
		},
	}
}
