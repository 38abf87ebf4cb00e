package node

import (
	"sync"

	"carillon"
	"carillon/observe"
	"carillon/session"
)

// registry holds the sessions of this node by id and by user.
type registry struct {
	mu      sync.Mutex
	clients map[[16]byte]*entry
	users   map[string]*connections
	// stopping refuses new sessions.
	stopping bool
	// peak is the largest number of clients since the maps were last rebuilt:
	// Go's maps don't give memory back by themselves.
	peak int
}

// entry is a session's place in the list of its user's connections.
type entry struct {
	session    *session.Session
	next, prev *entry
}

// connections are those of one user.
type connections struct {
	head  *entry
	count int
}

func (r *registry) init() {
	r.clients = map[[16]byte]*entry{}
	r.users = map[string]*connections{}
}

// Register implements session.Node.
func (n *Node) Register(s *session.Session) error {
	r := &n.registry
	user := s.User()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stopping {
		return carillon.DisconnectShutdown
	}
	of := r.users[user]
	if limit := n.UserConnectionLimit; limit > 0 && user != "" && of != nil && of.count >= limit {
		return carillon.DisconnectConnectionLimit
	}
	if of == nil {
		of = &connections{}
		r.users[user] = of
	}
	e := &entry{session: s, next: of.head}
	if of.head != nil {
		of.head.prev = e
	}
	of.head = e
	of.count++
	r.clients[s.Key()] = e
	r.peak = max(r.peak, len(r.clients))
	n.meters.addClient.Inc()
	return nil
}

// Unregister implements session.Node.
func (n *Node) Unregister(s *session.Session) {
	r := &n.registry
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.clients[s.Key()]
	if e == nil {
		return
	}
	delete(r.clients, s.Key())
	of := r.users[s.User()]
	if of.count--; of.count == 0 {
		delete(r.users, s.User())
	}
	if e.prev != nil {
		e.prev.next = e.next
	} else {
		of.head = e.next
	}
	if e.next != nil {
		e.next.prev = e.prev
	}
	n.meters.removeClient.Inc()
	r.shrink()
}

func (r *registry) shrink() {
	if r.peak < 1024 || len(r.clients) > r.peak/4 {
		return
	}
	clients := make(map[[16]byte]*entry, len(r.clients))
	for k, v := range r.clients {
		clients[k] = v
	}
	users := make(map[string]*connections, len(r.users))
	for k, v := range r.users {
		users[k] = v
	}
	r.clients, r.users, r.peak = clients, users, len(clients)
}

// Target selects connections: those of User, which when empty are the anonymous
// ones, narrowed by each of the other fields that is not empty.
type Target struct {
	User string
	// Client is a client id.
	Client string
	// Session is the id of a session of transports that have such ids.
	Session string
	// Except are client ids to spare.
	Except []string
}

// find returns the sessions that a target selects.
func (r *registry) find(t Target) []*session.Session {
	if t.Session != "" {
		return nil // no transport here has session ids
	}
	spare := make(map[string]bool, len(t.Except))
	for _, id := range t.Except {
		spare[id] = true
	}
	var found []*session.Session
	r.mu.Lock()
	if of := r.users[t.User]; of != nil {
		for e := of.head; e != nil; e = e.next {
			found = append(found, e.session)
		}
	}
	r.mu.Unlock()
	if t.Client == "" && len(spare) == 0 {
		return found
	}
	kept := found[:0]
	for _, s := range found {
		if id := s.ID(); (t.Client == "" || id == t.Client) && !spare[id] {
			kept = append(kept, s)
		}
	}
	return kept
}

// all returns every session.
func (r *registry) all() []*session.Session {
	r.mu.Lock()
	defer r.mu.Unlock()
	found := make([]*session.Session, 0, len(r.clients))
	for _, e := range r.clients {
		found = append(found, e.session)
	}
	return found
}

// Clients returns the number of authenticated connections.
func (n *Node) Clients() int {
	n.registry.mu.Lock()
	defer n.registry.mu.Unlock()
	return len(n.registry.clients)
}

func (n *Node) sizes() observe.NodeSizes {
	s := observe.NodeSizes{Nodes: 1}
	s.Channels, s.Subscriptions = n.hub.Size()
	n.registry.mu.Lock()
	s.Clients, s.Users = len(n.registry.clients), len(n.registry.users)
	n.registry.mu.Unlock()
	return s
}
