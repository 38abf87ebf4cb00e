package httpapi_test

import (
	"fmt"
	"testing"

	"carillon"
)

func TestAcceptance26NobodyIsPresent(t *testing.T) {
	r := newRig(t)
	r.answers("presence", `{"channel":"hist:a"}`, `{"result":{"presence":{}}}`)
	r.answers("presence_stats", `{"channel":"hist:a"}`, `{"result":{"num_clients":0,"num_users":0}}`)
}

func TestAcceptanceH39PresenceCountsClientsAndUsers(t *testing.T) {
	r := newRig(t)
	first := r.subscriber("42", "hist:a")
	r.subscriber("42", "hist:a")
	r.subscriber("", "hist:a")
	r.subscriber("43", "hist:other")
	r.answers("presence_stats", `{"channel":"hist:a"}`, `{"result":{"num_clients":3,"num_users":2}}`)
	first.session.Close(carillon.DisconnectConnectionClosed)
	r.answers("presence_stats", `{"channel":"hist:a"}`, `{"result":{"num_clients":2,"num_users":2}}`)
}

func TestPresenceShowsClients(t *testing.T) {
	r := newRig(t)
	c := r.subscriber("42", "hist:a")
	shown := `"%s":{"user":"%s","client":"%[1]s","conn_info":{"name":"N%[2]s"}}`
	r.answers("presence", `{"channel":"hist:a"}`, `{"result":{"presence":{`+fmt.Sprintf(shown, c.id(), "42")+`}}}`)
	c.ask(`{"id":3,"unsubscribe":{"channel":"hist:a"}}`, `"unsubscribe":{}`)
	r.answers("presence", `{"channel":"hist:a"}`, `{"result":{"presence":{}}}`)

	anonymous := r.subscriber("", "hist:a")
	r.answers("presence", `{"channel":"hist:a"}`, `{"result":{"presence":{`+fmt.Sprintf(shown, anonymous.id(), "")+`}}}`)
}

func TestErrorsOfPresence(t *testing.T) {
	r := newRig(t)
	for _, method := range []string{"presence", "presence_stats"} {
		r.answers(method, `{}`, bad)
		r.answers(method, `{"channel":"nope:x"}`, unknown)
		r.answers(method, `{"channel":"plain:a"}`, off) // acceptance H41
	}
}
