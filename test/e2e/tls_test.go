package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

// identity is a self-signed certificate of 127.0.0.1, which may also sign for
// itself as a client.
type identity struct {
	certPEM, keyPEM string
	pair            tls.Certificate
	pool            *x509.CertPool
}

func newIdentity(t *testing.T) *identity {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	id := &identity{
		certPEM: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		keyPEM:  string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})),
		pool:    x509.NewCertPool(),
	}
	if id.pair, err = tls.X509KeyPair([]byte(id.certPEM), []byte(id.keyPEM)); err != nil {
		t.Fatal(err)
	}
	id.pool.AppendCertsFromPEM([]byte(id.certPEM))
	return id
}

// tlsConfig serves TLS with a certificate and key given in any form; more is
// further options of `tls`.
func tlsConfig(t *testing.T, cert, key, more string) string {
	t.Helper()
	quoted := make([]string, 2)
	for i, text := range []string{cert, key} {
		data, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		quoted[i] = string(data)
	}
	return fmt.Sprintf(`{"http_server": {"tls": {"enabled": true, "cert_pem": %s, "key_pem": %s%s}},
		"client": {"allow_anonymous_connect_without_token": true},
		"channel": {"without_namespace": {"allow_subscribe_for_client": true, "allow_subscribe_for_anonymous": true,
			"allow_publish_for_client": true, "allow_publish_for_anonymous": true}}}`, quoted[0], quoted[1], more)
}

// secure opens a WebSocket over TLS.
func (s *server) secure(t *testing.T, cfg *tls.Config) (*conn, error) {
	t.Helper()
	return s.dialWith(t, ws.Dialer{TLSConfig: cfg}, "")
}

func TestOperations19TLS(t *testing.T) {
	t.Parallel()
	id := newIdentity(t)
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, content := range map[string]string{certFile: id.certPEM, keyFile: id.keyPEM} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	encode := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	for form, pair := range map[string][2]string{
		"paths": {certFile, keyFile}, "text": {id.certPEM, id.keyPEM}, "base64": {encode(id.certPEM), encode(id.keyPEM)},
	} {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			s := start(t, tlsConfig(t, pair[0], pair[1], ""))
			c, err := s.secure(t, &tls.Config{RootCAs: id.pool})
			if err != nil {
				t.Fatal(err)
			}
			c.ask(`{"id":1,"connect":{}}`, `{"id":1,"connect":"*"}`)
			c.subscribe("a", subscribed)
			big := strings.Repeat("x", 50_000)
			c.send(`{"id":3,"publish":{"channel":"a","data":"` + big + `"}}`)
			for range 2 {
				if line := c.line(); strings.Contains(line, "push") && !strings.Contains(line, big) {
					t.Errorf("the publication came as %.60s", line)
				}
			}
			if _, err := s.secure(t, &tls.Config{RootCAs: id.pool, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}); err == nil {
				t.Error("TLS 1.1 is accepted")
			}
		})
	}
	t.Run("garbage", func(t *testing.T) {
		t.Parallel()
		if code := launch(t, tlsConfig(t, "garbage", "garbage", "")).exitCode(); code != 1 {
			t.Errorf("exit code %d", code)
		}
	})
}

func TestOperations21ClientCertificates(t *testing.T) {
	t.Parallel()
	id := newIdentity(t)
	ca, err := json.Marshal(id.certPEM)
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, tlsConfig(t, id.certPEM, id.keyPEM, `, "client_ca_pem": `+string(ca)))
	if _, err := s.secure(t, &tls.Config{RootCAs: id.pool}); err == nil {
		t.Error("a client without a certificate is let in")
	}
	c, err := s.secure(t, &tls.Config{RootCAs: id.pool, Certificates: []tls.Certificate{id.pair}})
	if err != nil {
		t.Fatal(err)
	}
	c.ask(`{"id":1,"connect":{}}`, `{"id":1,"connect":"*"}`)
}

func TestOperations20TLSOfEachListener(t *testing.T) {
	t.Parallel()
	outer, inner := newIdentity(t), newIdentity(t)
	port := freePort(t)
	base := strings.Replace(tlsConfig(t, outer.certPEM, outer.keyPEM, ""), `"http_server": {`,
		fmt.Sprintf(`"health": {"enabled": true}, "http_server": {"internal_port": "%d", "internal_address": "127.0.0.1",`, port), 1)
	health := func(scheme string, id *identity) error {
		client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: id.pool}, DisableKeepAlives: true}}
		res, err := client.Get(fmt.Sprintf("%s://127.0.0.1:%d/health", scheme, port))
		if err != nil {
			return err
		}
		defer res.Body.Close()
		if res.StatusCode != http.StatusOK {
			return fmt.Errorf("status %d", res.StatusCode)
		}
		return nil
	}
	t.Run("external", func(t *testing.T) {
		s := start(t, strings.Replace(base, `"http_server": {`, `"http_server": {"tls_external": true,`, 1))
		s.waitListening(port)
		if _, err := s.secure(t, &tls.Config{RootCAs: outer.pool}); err != nil {
			t.Errorf("external: %v", err)
		}
		if err := health("http", outer); err != nil {
			t.Errorf("internal: %v", err)
		}
		s.signal(syscall.SIGTERM)
		s.exitCode()
	})
	t.Run("a certificate for each", func(t *testing.T) {
		cert, err := json.Marshal(inner.certPEM)
		if err != nil {
			t.Fatal(err)
		}
		key, err := json.Marshal(inner.keyPEM)
		if err != nil {
			t.Fatal(err)
		}
		s := start(t, strings.Replace(base, `"http_server": {`,
			fmt.Sprintf(`"http_server": {"internal_tls": {"enabled": true, "cert_pem": %s, "key_pem": %s},`, cert, key), 1))
		s.waitListening(port)
		if _, err := s.secure(t, &tls.Config{RootCAs: outer.pool}); err != nil {
			t.Errorf("external: %v", err)
		}
		if err := health("https", inner); err != nil {
			t.Errorf("internal: %v", err)
		}
	})
}
