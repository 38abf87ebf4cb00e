package config

// RPC is what clients may call on the application's backend.
type RPC struct {
	Proxy             Proxy          `key:"proxy"`
	WithoutNamespace  RPCOptions     `key:"without_namespace"`
	Namespaces        []RPCNamespace `key:"namespaces" doc:"named sets of RPC options"`
	NamespaceBoundary string         `key:"namespace_boundary" default:":" doc:"ends the namespace in a method name"`
	Ping              RPCPing        `key:"ping"`
}

// RPCOptions say who answers a method.
type RPCOptions struct {
	ProxyEnabled bool   `key:"proxy_enabled" doc:"hand calls to a proxy"`
	ProxyName    string `key:"proxy_name" default:"default" doc:"which proxy answers calls"`
}

// RPCNamespace is a named set of RPC options.
type RPCNamespace struct {
	Name string `key:"name" doc:"name of the RPC namespace, at least two of letters, digits, hyphen, dot and underscore"`
	RPCOptions
}

// RPCPing is a built-in method that answers with empty data.
type RPCPing struct {
	Enabled bool   `key:"enabled" doc:"answer the ping method"`
	Method  string `key:"method" default:"ping" doc:"name of the ping method"`
}
