// Small step-ca around the library of Debian's golang-github-smallstep-certificates-dev.
//
//	step-ca init  -password-file F [flags]                  write a PKI and ca.json below $STEPPATH
//	step-ca run   -password-file F [-quiet] [-until-eof] [-log L]   serve it
//	step-ca token -password-file F [-provisioner P] NAME [SAN...]
//	step-ca rotate -password-file F [-intermediates N] [-new-root]   new intermediates for the CA, which must not run
//	step-ca issue -password-file F [-provisioner P] [-lifetime D] CRT KEY NAME [SAN...]
package main

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/smallstep/certificates/api"
	"github.com/smallstep/certificates/authority"
	"github.com/smallstep/certificates/authority/config"
	"github.com/smallstep/certificates/authority/provisioner"
	"github.com/smallstep/certificates/ca"
	"github.com/smallstep/certificates/cas/apiv1"
	"github.com/smallstep/certificates/pki"
	"go.step.sm/cli-utils/step"
	"go.step.sm/crypto/jose"
	"go.step.sm/crypto/pemutil"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func must[T any](v T, err error) T { check(err); return v }

// Set by the build, for the version of the libraries.
var (
	version  = "unknown"
	database = "badgerv2"
)

var (
	fs       = flag.NewFlagSet("step-ca", flag.ExitOnError)
	file     = fs.String("config", step.CaConfigFile(), "ca.json")
	passFile = fs.String("password-file", "", "password of all private keys")
	prov     = fs.String("provisioner", "admin", "name of the JWK provisioner")
)

func password() []byte { return bytes.TrimSpace(must(os.ReadFile(*passFile))) }

func jwk(name string, pass []byte, claims *provisioner.Claims) *provisioner.JWK {
	pub, jwe, err := jose.GenerateDefaultKeyPair(pass)
	check(err)
	return &provisioner.JWK{Type: "JWK", Name: name, Key: pub, EncryptedKey: must(jwe.CompactSerialize()), Claims: claims}
}

// serverOnly is the default leaf template without clientAuth: certificates that
// can't show themselves at the CA, and so can't be renewed.
const serverOnly = `{
	"subject": {{ toJson .Subject }},
	"sans": {{ toJson .SANs }},
	"keyUsage": ["digitalSignature"],
	"extKeyUsage": ["serverAuth"]
}`

// aged signs a CA certificate again with an earlier notBefore. The server checks
// a renewal token's chain one minute before the leaf's end, so on a CA made just
// now it refuses every leaf that lives for less than that.
func aged(cert, parent *x509.Certificate, signer crypto.Signer, age time.Duration) *x509.Certificate {
	template := *cert
	template.NotBefore = template.NotBefore.Add(-age)
	if parent == nil {
		// Room for two intermediates; step's default leaves room for one.
		template.MaxPathLen = 2
		parent = &template
	}
	return must(x509.ParseCertificate(must(x509.CreateCertificate(rand.Reader, &template, parent, cert.PublicKey, signer))))
}

func initCA(args []string) {
	address := fs.String("address", "127.0.0.1:9000", "listen address")
	dns := fs.String("dns", "localhost,127.0.0.1", "names of the server, the first goes in ca-url")
	name := fs.String("name", "Test", "name of the PKI")
	min := fs.Duration("min", 30*time.Second, "minTLSCertDuration")
	max := fs.Duration("max", 720*time.Hour, "maxTLSCertDuration")
	def := fs.Duration("default", 24*time.Hour, "defaultTLSCertDuration")
	backdate := fs.Duration("backdate", time.Minute, "how far back notBefore is set")
	expired := fs.Bool("renew-expired", false, "allowRenewalAfterExpiry")
	noRenew := fs.Bool("no-renew", false, "add a JWK provisioner 'norenew' with disableRenewal")
	noEKU := fs.Bool("no-eku", false, "add a JWK provisioner 'noeku' whose certificates lack clientAuth")
	noDB := fs.Bool("no-db", false, "no database")
	age := fs.Duration("ca-age", 24*time.Hour, "how long ago root and intermediate began")
	plainKey := fs.Bool("plain-key", false, "write the intermediate's key unencrypted, so that tests can make certificates of the past")
	check(fs.Parse(args))
	pass := password()

	p := must(pki.New(apiv1.Options{Type: apiv1.SoftCAS, IsCreator: true},
		pki.WithAddress(*address), pki.WithDNSNames(strings.Split(*dns, ",")), pki.WithProvisioner(*prov)))
	check(p.GenerateKeyPairs(pass))
	root := must(p.GenerateRootCertificate(*name, *name, *name, pass))
	root.Certificate = aged(root.Certificate, nil, root.Signer, *age)
	check(p.WriteRootCertificate(root.Certificate, root.PrivateKey, pass))
	check(p.GenerateIntermediateCertificate(*name, *name, *name, root, pass))
	block, _ := pem.Decode(p.Files[p.Intermediate])
	inter := aged(must(x509.ParseCertificate(block.Bytes)), root.Certificate, root.Signer, *age)
	p.Files[p.Intermediate] = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: inter.Raw})
	check(p.Save())
	if *plainKey {
		key := must(pemutil.ParseKey(p.Files[p.IntermediateKey], pemutil.WithPassword(pass)))
		writeKey(filepath.Join(filepath.Dir(p.IntermediateKey), "intermediate_plain_key"), key)
	}

	c := must(config.LoadConfiguration(p.GetCAConfigPath()))
	d := func(d time.Duration) *provisioner.Duration { return &provisioner.Duration{Duration: d} }
	a := c.AuthorityConfig
	a.Backdate = d(*backdate)
	a.Claims = &provisioner.Claims{MinTLSDur: d(*min), MaxTLSDur: d(*max), DefaultTLSDur: d(*def), AllowRenewalAfterExpiry: expired}
	switch {
	case *noDB:
		c.DB = nil
	case database == "bbolt":
		c.DB.Type, c.DB.DataSource = database, c.DB.DataSource+".bbolt"
	}
	if *noRenew {
		yes := true
		a.Provisioners = append(a.Provisioners, jwk("norenew", pass, &provisioner.Claims{DisableRenewal: &yes}))
	}
	if *noEKU {
		p := jwk("noeku", pass, nil)
		p.Options = &provisioner.Options{X509: &provisioner.X509Options{Template: serverOnly}}
		a.Provisioners = append(a.Provisioners, p)
	}
	check(c.Save(p.GetCAConfigPath()))
}

func runCA(args []string) {
	quiet := fs.Bool("quiet", false, "no banner")
	untilEOF := fs.Bool("until-eof", false, "end as soon as standard input is closed, so that no server outlives its parent")
	logFile := fs.String("log", "", "write the log here instead of standard error")
	check(fs.Parse(args))
	if *logFile != "" {
		// Each request's line is in the file before its answer is complete: who has
		// the answer can count the requests.
		os.Stderr = must(os.OpenFile(*logFile, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600))
		log.SetOutput(os.Stderr)
	}
	if *untilEOF {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			os.Exit(0)
		}()
	}
	srv := must(ca.New(must(config.LoadConfiguration(*file)),
		ca.WithConfigFile(*file), ca.WithPassword(password()), ca.WithQuiet(*quiet)))
	go ca.StopReloaderHandler(srv)
	if err := srv.Run(); err != nil && err != http.ErrServerClosed {
		log.Fatal(err)
	}
}

// token makes a one-time token for the given name with the provisioner's key
// fetched from the running server.
func token(sans []string) (string, *ca.Client) {
	c := must(config.LoadConfiguration(*file))
	url, root := "https://"+c.Address, ca.WithRootFile(c.Root.First())
	p := must(ca.NewProvisioner(*prov, "", url, password(), root))
	return must(p.Token(sans[0], sans...)), must(ca.NewClient(url, root))
}

func main() {
	step.Set("Smallstep CA", version, "Debian")
	authority.GlobalVersion.Version = version
	if len(os.Args) < 2 {
		os.Args = append(os.Args, "")
	}
	switch args := os.Args[2:]; os.Args[1] {
	case "init":
		initCA(args)
	case "run":
		runCA(args)
	case "rotate":
		rotate(args)
	case "token":
		check(fs.Parse(args))
		tok, _ := token(fs.Args())
		fmt.Println(tok)
	case "issue":
		lifetime := fs.Duration("lifetime", 0, "lifetime, the CA's default if 0")
		check(fs.Parse(args))
		tok, client := token(fs.Args()[2:])
		req, key, err := ca.CreateSignRequest(tok)
		check(err)
		if *lifetime > 0 {
			req.NotAfter = api.NewTimeDuration(time.Now().Add(*lifetime))
		}
		res := must(client.Sign(req))
		var chain []*x509.Certificate
		for _, c := range res.CertChainPEM {
			chain = append(chain, c.Certificate)
		}
		writeKey(fs.Arg(1), key)
		writeCertificates(fs.Arg(0), chain...)
	default:
		log.Fatal("usage: step-ca init|run|rotate|token|issue [flags] [arguments]")
	}
}
