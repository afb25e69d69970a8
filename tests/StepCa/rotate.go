package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"time"

	"github.com/smallstep/certificates/authority/config"
	"go.step.sm/crypto/pemutil"
)

func writeCertificates(path string, chain ...*x509.Certificate) {
	var text []byte
	for _, c := range chain {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	check(os.WriteFile(path, text, 0o644))
}

func writeKey(path string, key any) {
	der := must(x509.MarshalPKCS8PrivateKey(key))
	check(os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600))
}

// newAuthority makes a CA certificate: a root if there is no parent.
func newAuthority(name string, pathLen int, age time.Duration, parent *x509.Certificate, parentKey crypto.Signer) (*x509.Certificate, crypto.Signer) {
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	begin := time.Now().Add(-age)
	template := &x509.Certificate{
		SerialNumber:          must(rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))),
		Subject:               pkix.Name{Organization: []string{"Test"}, CommonName: name},
		NotBefore:             begin,
		NotAfter:              begin.AddDate(10, 0, 0),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
		MaxPathLen:            pathLen,
		MaxPathLenZero:        pathLen == 0,
	}
	if parent == nil {
		parent, parentKey = template, key
	}
	return must(x509.ParseCertificate(must(x509.CreateCertificate(rand.Reader, template, parent, key.Public(), parentKey)))), key
}

// rotate gives the CA new intermediates, one below the other, under its newest root. With -new-root it first makes
// another root, which the CA then serves together with the old ones.
func rotate(args []string) {
	count := fs.Int("intermediates", 1, "how many intermediates are between a leaf and the root")
	another := fs.Bool("new-root", false, "make another root and serve both")
	age := fs.Duration("ca-age", 24*time.Hour, "how long ago the new certificates began")
	check(fs.Parse(args))

	c := must(config.LoadConfiguration(*file))
	certs, secrets := filepath.Dir(c.IntermediateCert), filepath.Dir(c.IntermediateKey)
	rootKeyFile := filepath.Join(secrets, "root_ca_key")
	roots := must(pemutil.ReadCertificateBundle(filepath.Join(certs, "root_ca.crt")))
	key := must(pemutil.Read(rootKeyFile, pemutil.WithPassword(password()))).(crypto.Signer)
	if *another {
		var root *x509.Certificate
		root, key = newAuthority(fmt.Sprintf("Test Root CA %d", len(roots)+1), 2, *age, nil, nil)
		roots = append(roots, root)
		writeKey(rootKeyFile, key)
		// The server reads one root from each file; clients want all of them in one.
		c.Root = nil
		for i, root := range roots {
			path := filepath.Join(certs, fmt.Sprintf("root_%d.crt", i+1))
			writeCertificates(path, root)
			c.Root = append(c.Root, path)
		}
		writeCertificates(filepath.Join(certs, "root_ca.crt"), roots...)
	}
	issuer := roots[len(roots)-1]
	var chain []*x509.Certificate
	for below := *count - 1; below >= 0; below-- {
		name := fmt.Sprintf("Test Intermediate CA %d (%d)", time.Now().UnixNano(), below)
		issuer, key = newAuthority(name, below, *age, issuer, key)
		chain = append([]*x509.Certificate{issuer}, chain...)
	}
	c.IntermediateCert = filepath.Join(certs, "intermediate_ca.crt")
	c.IntermediateKey = filepath.Join(secrets, "intermediate_plain_key")
	writeCertificates(c.IntermediateCert, chain...)
	writeKey(c.IntermediateKey, key)
	check(c.Save(*file))
}
