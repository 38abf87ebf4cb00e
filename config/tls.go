package config

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
)

// TLS secures one listener or one kind of outgoing connection. While Enabled is
// false nothing else of it counts.
type TLS struct {
	Enabled            bool   `key:"enabled" doc:"use TLS here"`
	CertPEM            PEM    `key:"cert_pem" doc:"own certificate or chain: PEM text, base64 of it, or a file"`
	KeyPEM             PEM    `key:"key_pem" secret:"true" doc:"private key of the certificate: PEM text, base64 of it, or a file"`
	ServerCAPEM        PEM    `key:"server_ca_pem" doc:"roots to verify the server with instead of the system's"`
	ClientCAPEM        PEM    `key:"client_ca_pem" doc:"roots to verify client certificates with; makes them mandatory"`
	InsecureSkipVerify bool   `key:"insecure_skip_verify" doc:"do not verify the server's certificate"`
	ServerName         string `key:"server_name" doc:"SNI and name to verify"`
}

// ServerConfig reads the PEM values and makes the configuration of a listener.
// It fails without a certificate. Call it only when Enabled.
func (t TLS) ServerConfig() (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if err := t.addCertificate(c); err != nil {
		return nil, err
	}
	if len(c.Certificates) == 0 {
		return nil, errors.New("a listener needs both cert_pem and key_pem")
	}
	if t.ClientCAPEM != "" {
		pool, err := t.ClientCAPEM.pool()
		if err != nil {
			return nil, fmt.Errorf("client_ca_pem: %w", err)
		}
		c.ClientCAs, c.ClientAuth = pool, tls.RequireAndVerifyClientCert
	}
	return c, nil
}

// ClientConfig reads the PEM values and makes the configuration of an outgoing
// connection. Call it only when Enabled.
func (t TLS) ClientConfig() (*tls.Config, error) {
	c := &tls.Config{
		MinVersion:         tls.VersionTLS12,
		ServerName:         t.ServerName,
		InsecureSkipVerify: t.InsecureSkipVerify,
	}
	if err := t.addCertificate(c); err != nil {
		return nil, err
	}
	if t.ServerCAPEM != "" {
		pool, err := t.ServerCAPEM.pool()
		if err != nil {
			return nil, fmt.Errorf("server_ca_pem: %w", err)
		}
		c.RootCAs = pool
	}
	return c, nil
}

// addCertificate ignores half a pair, as the reference does: existing
// configurations name only one of them.
func (t TLS) addCertificate(c *tls.Config) error {
	if t.CertPEM == "" || t.KeyPEM == "" {
		return nil
	}
	cert, err := t.CertPEM.Bytes()
	if err != nil {
		return fmt.Errorf("cert_pem: %w", err)
	}
	key, err := t.KeyPEM.Bytes()
	if err != nil {
		return fmt.Errorf("key_pem: %w", err)
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return fmt.Errorf("cert_pem and key_pem: %w", err)
	}
	c.Certificates = []tls.Certificate{pair}
	return nil
}

func (p PEM) pool() (*x509.CertPool, error) {
	text, err := p.Bytes()
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, errors.New("no valid certificates found")
	}
	return pool, nil
}
