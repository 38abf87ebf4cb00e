package config

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

var userIDClaim = regexp.MustCompile(`^[a-zA-Z_]+$`)

// token checks a token section; an unused one only in its form.
func (k *checker) token(path string, t *Token, used bool) {
	if t.UserIDClaim != "" && !userIDClaim.MatchString(t.UserIDClaim) {
		k.fail(path+".user_id_claim", "%q is not a claim's name: it must match [a-zA-Z_]+", t.UserIDClaim)
	}
	if !used {
		return
	}
	if t.Audience != "" && t.AudienceRegex != "" {
		k.fail(path+".audience_regex", "can not be combined with %s.audience", path)
	}
	if t.Issuer != "" && t.IssuerRegex != "" {
		k.fail(path+".issuer_regex", "can not be combined with %s.issuer", path)
	}
	k.expression(path+".audience_regex", t.AudienceRegex)
	k.expression(path+".issuer_regex", t.IssuerRegex)
	k.failOn(path+".rsa_public_key", publicKey[*rsa.PublicKey](t.RSAPublicKey, "an RSA"))
	k.failOn(path+".ecdsa_public_key", publicKey[*ecdsa.PublicKey](t.ECDSAPublicKey, "an ECDSA"))
	k.failOn(path+".jwks_public_endpoint", t.checkJWKS())
}

// publicKey checks PEM text that holds a public key or a certificate. Errors do
// not repeat the text.
func publicKey[K any](text, want string) error {
	if text == "" {
		return nil
	}
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return errors.New("invalid PEM data: give the PEM text itself")
	}
	var key any
	if cert, err := x509.ParseCertificate(block.Bytes); err == nil {
		key = cert.PublicKey
	} else if key, err = x509.ParsePKIXPublicKey(block.Bytes); err != nil {
		return errors.New("the PEM text holds neither a PUBLIC KEY nor a CERTIFICATE that can be read")
	}
	if _, ok := key.(K); !ok {
		return fmt.Errorf("the PEM text does not hold %s key", want)
	}
	return nil
}

var placeholder = regexp.MustCompile(`\{\{(.*?)\}\}`)

// checkJWKS checks the URL of a key set. Placeholders are filled from claims
// before the signature is verified, so whoever writes the token writes the URL
// unless the expressions admit nothing but fixed strings.
func (t *Token) checkJWKS() error {
	if t.JWKSPublicEndpoint == "" {
		return nil
	}
	u, err := url.Parse(placeholder.ReplaceAllString(t.JWKSPublicEndpoint, "x"))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return errors.New("the key set needs an http:// or https:// URL")
	}
	if t.InsecureSkipJWKSEndpointSafetyCheck {
		return nil
	}
	used := placeholder.FindAllStringSubmatch(t.JWKSPublicEndpoint, -1)
	if len(used) == 0 {
		return nil
	}
	for _, expr := range []string{t.IssuerRegex, t.AudienceRegex} {
		if charClass.MatchString(expr) {
			return errors.New("with placeholders in the URL, issuer_regex and audience_regex must not have character classes")
		}
		for _, p := range used {
			if !fixedGroup(expr, p[1]) {
				return fmt.Errorf("the group %q must be an alternation of fixed strings, such as (?P<%s>one|two)", p[1], p[1])
			}
		}
	}
	return nil
}

var (
	charClass = regexp.MustCompile(`\[|\\[dDwWsSpP]`)
	// fixed is one or more alternatives of ordinary or escaped characters.
	fixed = regexp.MustCompile(`^(?:[^\\.*+?()\[\]{}^$|]|\\[^a-zA-Z0-9])+(?:\|(?:[^\\.*+?()\[\]{}^$|]|\\[^a-zA-Z0-9])+)*$`)
)

// fixedGroup reports whether every group of that name in expr admits nothing but
// fixed strings. An expression without the group is fine: it yields nothing.
func fixedGroup(expr, name string) bool {
	for _, open := range []string{"(?P<" + name + ">", "(?<" + name + ">"} {
		for rest := expr; ; {
			_, after, found := strings.Cut(rest, open)
			if !found {
				break
			}
			body, tail, closed := strings.Cut(after, ")")
			if !closed || !fixed.MatchString(body) || tail != "" && strings.Contains("?*+{", tail[:1]) {
				return false
			}
			rest = tail
		}
	}
	return true
}
