package config

import (
	"net/url"
	"strings"
)

// speaksHTTP reports whether the endpoint is an HTTP one; others are GRPC.
func (p *Proxy) speaksHTTP() bool {
	return strings.HasPrefix(p.Endpoint, "http://") || strings.HasPrefix(p.Endpoint, "https://")
}

// proxies checks the named proxies, used or not, and those of connect and
// refresh.
func (k *checker) proxies() {
	seen := make(map[string]bool)
	for i := range k.c.Proxies {
		p, path := &k.c.Proxies[i], itemPath("proxies", i)
		if p.Name == "default" {
			k.fail(path+".name", "proxy name default is reserved")
		}
		k.name(path, "proxy", p.Name, itemName, seen)
		k.proxy(path, &p.Proxy)
	}
	for path, p := range map[string]*ClientProxy{
		"client.proxy.connect": &k.c.Client.Proxy.Connect,
		"client.proxy.refresh": &k.c.Client.Proxy.Refresh,
	} {
		if p.Enabled {
			k.proxy(path, &p.Proxy)
		}
	}
}

// proxy checks that a proxy can be asked.
func (k *checker) proxy(path string, p *Proxy) {
	if p.Endpoint == "" {
		k.fail(path+".endpoint", "endpoint not set")
	} else if p.speaksHTTP() {
		if u, err := url.Parse(p.Endpoint); err != nil || u.Host == "" {
			k.fail(path+".endpoint", "malformed URL")
		}
	}
	if p.Timeout == 0 {
		k.fail(path+".timeout", "timeout not set")
	}
	k.clientTLS(path+".http.tls", p.HTTP.TLS)
	k.clientTLS(path+".grpc.tls", p.GRPC.TLS)
	for i, t := range p.HTTP.StatusToCodeTransforms {
		at := itemPath(path+".http.status_to_code_transforms", i)
		if t.StatusCode == 0 {
			k.fail(at+".status_code", "must be set")
		}
		if (t.ToError.Code == 0) == (t.ToDisconnect.Code == 0) {
			k.fail(at, "exactly one of to_error.code and to_disconnect.code must be set")
		}
		k.ascii(at+".to_error.message", t.ToError.Message)
		k.ascii(at+".to_disconnect.reason", t.ToDisconnect.Reason)
	}
}

// proxyNamed checks a reference to a proxy. The name default stands for byDefault
// at defaultPath, which is looked at only if it is going to be asked.
func (k *checker) proxyNamed(path, name string, asked bool, defaultPath string, byDefault *Proxy) *Proxy {
	if name == "default" || name == "" {
		if asked {
			k.proxy(defaultPath, byDefault)
		}
		return byDefault
	}
	for i := range k.c.Proxies {
		if k.c.Proxies[i].Name == name {
			return &k.c.Proxies[i].Proxy
		}
	}
	k.fail(path, "proxy not found: %s", name)
	return nil
}
