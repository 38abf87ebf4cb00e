package config

func (k *checker) rpc() {
	r := &k.c.RPC
	k.rpcOptions("rpc.without_namespace", &r.WithoutNamespace)
	seen := make(map[string]bool)
	for i := range r.Namespaces {
		ns, path := &r.Namespaces[i], itemPath("rpc.namespaces", i)
		k.name(path, "rpc namespace", ns.Name, itemName, seen)
		k.rpcOptions(path, &ns.RPCOptions)
	}
}

func (k *checker) rpcOptions(path string, o *RPCOptions) {
	k.proxyNamed(path+".proxy_name", o.ProxyName, o.ProxyEnabled, "rpc.proxy", &k.c.RPC.Proxy)
}
