using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using StepCaRenew.Ca;
using StepCaRenew.Ca.Trust;
using StepCaRenew.Certificates;

namespace StepCaRenew.Unit.Ca.Trust;

/// <summary>
/// Each test verifies a first answer, which the platform does, and then another one. Whatever the platform refuses alone must be
/// refused after the first answer too.
/// </summary>
public sealed class VerifiedChainsTests : IDisposable
{
    private const string CriticalUnknown = "1.2.3.4";

    private static readonly DateTimeOffset Now = new(2026, 1, 1, 16, 0, 0, TimeSpan.Zero);

    private readonly Issuer ca = new();
    private readonly TrustedRoots roots;
    private readonly X509Certificate2 first;

    public VerifiedChainsTests()
    {
        roots = TestAuthority.TrustRoot(ca.Root);
        first = ca.Issue("a.example.com");
    }

    public void Dispose()
    {
        roots.Dispose();
        first.Dispose();
    }

    [LinuxFact]
    public void Verify_SecondLeafOfTheSameKind_NeedsOnlyItsSignature()
    {
        Assert.Null(Find(first, ca.Intermediate));
        Assert.Equal(ca.Intermediate.RawData, Assert.Single(Verify(first, ca.Intermediate)).RawData);
        using var second = ca.Issue("b.example.com", notAfter: Now.AddHours(30));
        X509Certificate2[] sent = [new(ca.Intermediate)];
        Assert.Same(sent[0], Assert.Single(Find(second, sent)!));
        Assert.Same(sent[0], Assert.Single(Verify(second, sent)));
    }

    [LinuxFact]
    public void Verify_SecondLeafOfAnRsaIssuer_NeedsOnlyItsSignature()
    {
        using var key = RSA.Create(2048);
        var rsa = new Issuer(intermediateKey: key);
        using var trust = TestAuthority.TrustRoot(rsa.Root);
        using var one = rsa.Issue("a.example.com");
        using var other = rsa.Issue("b.example.com");
        Verify(trust, one, rsa.Intermediate);
        Assert.NotNull(trust.Chains.FindIssuers(other, [rsa.Intermediate], Now));
    }

    [LinuxFact]
    public void Verify_IntermediateOnlyInTheRootFile_IsInTheChainAgain()
    {
        using var both = TestAuthority.TrustRoot(ca.Root, ca.Intermediate);
        Assert.Equal(ca.Intermediate.RawData, Assert.Single(Verify(both, first)).RawData);
        using var second = ca.Issue("b.example.com");
        Assert.NotNull(both.Chains.FindIssuers(second, [], Now));
        Assert.Equal(ca.Intermediate.RawData, Assert.Single(Verify(both, second)).RawData);
    }

    public static TheoryData<string> Refused =>
    [
        "signed by another key", "signed by the root's key", "a bit of its signature changed", "a bit of it changed", "expired", "not valid yet", "another critical extension", "a CA certificate",
        "an issuer of another name", "other algorithm than the one it names", "other algorithm than the one that was signed",
    ];

    // Windows finds the issuer by its key identifier, whatever its name; leaves are verified by their issuer's key on Linux only.
    [LinuxTheory]
    [MemberData(nameof(Refused))]
    public void Verify_LeafThatThePlatformRefuses_IsRefusedAfterAGoodOne(string what)
    {
        using var leaf = Bad(what);
        Assert.False(IsAcceptedByPlatform(leaf));
        Verify(first, ca.Intermediate);
        Assert.Null(Find(leaf, ca.Intermediate));
    }

    [LinuxFact]
    public void Verify_OtherIntermediateOfTheSameNameAndTheSameKey_IsVerifiedItself()
    {
        var expired = ca.Again(notAfter: Now.AddMinutes(-1));
        Verify(first, ca.Intermediate);
        using var second = ca.Issue("b.example.com");
        Assert.Null(Find(second, expired));
        Untrusted(second, expired);
    }

    [LinuxFact]
    public void Verify_ForgersChainOfTheSameNames_IsRefused()
    {
        var forger = new Issuer();
        Verify(first, ca.Intermediate);
        using var forged = forger.Issue("b.example.com");
        Untrusted(forged, forger.Intermediate);
        Untrusted(forged, ca.Intermediate);
        Untrusted(forged, forger.Intermediate, forger.Root);
    }

    // A CA that sends another certificate as well: the platform decides which one is used.
    [LinuxFact]
    public void Verify_MoreOrFewerOrOtherCertificatesSent_IsVerifiedByThePlatform()
    {
        Verify(first, ca.Intermediate);
        using var second = ca.Issue("b.example.com");
        Assert.NotNull(Find(second, ca.Intermediate));
        Assert.Null(Find(second));
        Assert.Null(Find(second, ca.Root));
        Assert.Null(Find(second, ca.Intermediate, ca.Root));
        Untrusted(second);
    }

    [LinuxFact]
    public void Verify_IssuerThatExpiresDuringTheCall_IsRefusedAfterItsEnd()
    {
        var ending = new Issuer(intermediateEnd: Now.AddMinutes(10));
        using var trust = TestAuthority.TrustRoot(ending.Root);
        using var leaf = ending.Issue("a.example.com");
        using var second = ending.Issue("b.example.com");
        Verify(trust, leaf, ending.Intermediate);
        var clock = new FakeTimeProvider(Now.AddMinutes(9));
        Assert.NotNull(trust.Chains.FindIssuers(second, [ending.Intermediate], clock.GetUtcNow()));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(trust.Chains.FindIssuers(second, [ending.Intermediate], clock.GetUtcNow()));
        Expect.Failure(ErrorId.AnswerUntrusted, () => new AnswerVerifier(trust, clock).Verify(new CaAnswer(second, [ending.Intermediate]), Expected(second)));
    }

    // Which names an issuer permits depends on each leaf.
    [LinuxFact]
    public void Verify_IssuerWithNameConstraints_IsVerifiedForEachLeaf()
    {
        var limited = new Issuer(nameConstraint: "example.com");
        using var trust = TestAuthority.TrustRoot(limited.Root);
        using var allowed = limited.Issue("a.example.com");
        using var other = limited.Issue("a.example.org");
        Verify(trust, allowed, limited.Intermediate);
        Assert.Null(trust.Chains.FindIssuers(allowed, [limited.Intermediate], Now));
        Expect.Failure(ErrorId.AnswerUntrusted, () => Verify(trust, other, limited.Intermediate));
    }

    [LinuxFact]
    public void Verify_LeafWithoutKeyIdentifiersOrWithThatOfItsIssuer_IsVerifiedByThePlatform()
    {
        using var without = ca.Issue("a.example.com", withIdentifiers: false);
        Verify(without, ca.Intermediate);
        Verify(without, ca.Intermediate);
        Assert.Null(Find(without, ca.Intermediate));
        using var same = ca.Issue("a.example.com", subjectKey: ca.KeyIdentifier);
        Assert.Null(SignedLeaf.TryRead(same.RawDataMemory));
    }

    [LinuxFact]
    public void Add_ManyDifferentChains_AreNotAllKept()
    {
        for (var number = 0; number < 20; number++)
        {
            using var leaf = ca.Issue("a.example.com", extension: ($"1.2.3.5.{number}", false));
            Verify(leaf, ca.Intermediate);
            Assert.Equal(number < 16, Find(leaf, ca.Intermediate) is not null);
        }
    }

    private X509Certificate2 Bad(string what)
    {
        var forger = new Issuer();
        return what switch
        {
            "signed by another key" => forger.Issue("b.example.com", authority: ca.KeyIdentifier),
            "signed by the root's key" => ca.Issue("b.example.com", signer: ca.RootKey),
            "a bit of its signature changed" => Changed(last: true),
            "a bit of it changed" => Changed(last: false),
            "expired" => ca.Issue("b.example.com", notAfter: Now.AddSeconds(-1)),
            "not valid yet" => ca.Issue("b.example.com", notBefore: Now.AddSeconds(1)),
            "another critical extension" => ca.Issue("b.example.com", extension: (CriticalUnknown, true)),
            "a CA certificate" => ca.IssueUnderLeaf(first),
            "an issuer of another name" => ca.Issue("b.example.com", issuerName: "CN=Other Intermediate"),
            "other algorithm than the one it names" => WithOtherAlgorithm(),
            _ => SignedWithOtherAlgorithm(),
        };
    }

    private X509Certificate2 Changed(bool last)
    {
        using var leaf = ca.Issue("b.example.com");
        var der = leaf.RawData;
        // The signature is at the end; the name is in the middle.
        der[last ? der.Length - 1 : der.AsSpan().IndexOf("b.example"u8)] ^= 1;
        return CertificateDecoder.Decode(der);
    }

    // The algorithm outside of what is signed.
    private X509Certificate2 WithOtherAlgorithm()
    {
        using var leaf = ca.Issue("b.example.com");
        var der = leaf.RawData;
        // ecdsa-with-SHA256 becomes ecdsa-with-SHA384.
        der[der.AsSpan().LastIndexOf(Convert.FromHexString("06082A8648CE3D040302")) + 9] = 3;
        return CertificateDecoder.Decode(der);
    }

    // The algorithm inside of what is signed; the signature is good.
    private X509Certificate2 SignedWithOtherAlgorithm()
    {
        using var leaf = ca.Issue("b.example.com");
        var certificate = new AsnReader(leaf.RawData, AsnEncodingRules.DER).ReadSequence();
        var body = certificate.ReadEncodedValue().ToArray();
        body[body.AsSpan().IndexOf(Convert.FromHexString("06082A8648CE3D040302")) + 9] = 3;
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(body);
            writer.WriteEncodedValue(certificate.ReadEncodedValue().Span);
            writer.WriteBitString(ca.Sign(body));
        }

        return CertificateDecoder.Decode(writer.Encode());
    }

    private bool IsAcceptedByPlatform(X509Certificate2 leaf)
    {
        using var chain = new X509Chain { ChainPolicy = roots.CreatePolicy(Now) };
        chain.ChainPolicy.ExtraStore.Add(ca.Intermediate);
        return TrustedRoots.Accepts(chain, leaf);
    }

    private IReadOnlyList<X509Certificate2>? Find(X509Certificate2 leaf, params X509Certificate2[] sent) => roots.Chains.FindIssuers(leaf, sent, Now);

    private IReadOnlyList<X509Certificate2> Verify(X509Certificate2 leaf, params X509Certificate2[] sent) => Verify(roots, leaf, sent);

    private static IReadOnlyList<X509Certificate2> Verify(TrustedRoots trust, X509Certificate2 leaf, params X509Certificate2[] sent) =>
        new AnswerVerifier(trust, new FakeTimeProvider(Now)).Verify(new CaAnswer(leaf, sent), Expected(leaf));

    private void Untrusted(X509Certificate2 leaf, params X509Certificate2[] sent) => Expect.Failure(ErrorId.AnswerUntrusted, () => Verify(leaf, sent));

    private static Expectation Expected(X509Certificate2 leaf) => new() { Key = Issuer.KeyOf(leaf) };

    /// <summary>A root and an intermediate whose leaves have all extensions of step-ca's.</summary>
    private sealed class Issuer
    {
        private static readonly Dictionary<string, ECDsa> LeafKeys = [];

        private readonly AsymmetricAlgorithm intermediateKey;

        public Issuer(AsymmetricAlgorithm? intermediateKey = null, DateTimeOffset? intermediateEnd = null, string? nameConstraint = null)
        {
            this.intermediateKey = intermediateKey ?? ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=Kind Root", RootKey, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            Root = request.CreateSelfSigned(Now.AddYears(-1), Now.AddYears(1));
            Intermediate = Again(intermediateEnd, nameConstraint);
        }

        public ECDsa RootKey { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        public X509Certificate2 Root { get; }

        public X509Certificate2 Intermediate { get; }

        public byte[] KeyIdentifier => Convert.FromHexString(Intermediate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Single().SubjectKeyIdentifier!);

        public static StepCaRenew.Certificates.Keys.PrivateKey KeyOf(X509Certificate2 leaf)
        {
            lock (LeafKeys)
                return new(LeafKeys[PublicKeyOf(leaf)]);
        }

        /// <summary>An intermediate of the same name and key.</summary>
        public X509Certificate2 Again(DateTimeOffset? notAfter = null, string? nameConstraint = null)
        {
            var request = RequestFor("CN=Kind Intermediate", intermediateKey);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
            request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
            request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
            if (nameConstraint is not null)
                request.CertificateExtensions.Add(new X509Extension("2.5.29.30", Permitted(nameConstraint), critical: true));
            return Sign(request, Root.SubjectName, RootKey, Now.AddDays(-30), notAfter ?? Now.AddDays(30));
        }

        public X509Certificate2 Issue(
            string name, DateTimeOffset? notBefore = null, DateTimeOffset? notAfter = null, AsymmetricAlgorithm? signer = null, string? issuerName = null,
            (string Oid, bool IsCritical)? extension = null, bool withIdentifiers = true, byte[]? subjectKey = null, byte[]? authority = null)
        {
            var request = RequestForLeaf(name);
            if (withIdentifiers)
            {
                request.CertificateExtensions.Add(subjectKey is null
                    ? new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false) : new X509SubjectKeyIdentifierExtension(subjectKey, critical: false));
                request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(authority ?? KeyIdentifier));
            }

            if (extension is { } more)
                request.CertificateExtensions.Add(new X509Extension(more.Oid, [5, 0], more.IsCritical));
            var issuer = issuerName is null ? Intermediate.SubjectName : new X500DistinguishedName(issuerName);
            return Sign(request, issuer, signer ?? intermediateKey, notBefore ?? Now.AddHours(-1), notAfter ?? Now.AddHours(20));
        }

        public byte[] Sign(byte[] data) => ((ECDsa)intermediateKey).SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

        /// <summary>A leaf that another leaf signed, as if that were a CA.</summary>
        public X509Certificate2 IssueUnderLeaf(X509Certificate2 leaf)
        {
            lock (LeafKeys)
                return Issue("b.example.com", signer: LeafKeys[PublicKeyOf(leaf)], issuerName: leaf.Subject);
        }

        private static string PublicKeyOf(X509Certificate2 leaf) => Convert.ToHexString(leaf.PublicKey.ExportSubjectPublicKeyInfo());

        private static CertificateRequest RequestForLeaf(string name)
        {
            var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            lock (LeafKeys)
                LeafKeys[Convert.ToHexString(key.ExportSubjectPublicKeyInfo())] = key;
            var request = RequestFor($"CN={name}", key);
            request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(LeafSpec.ServerAuth), new Oid(LeafSpec.ClientAuth)], critical: false));
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(name);
            request.CertificateExtensions.Add(names.Build());
            return request;
        }

        private static CertificateRequest RequestFor(string subject, AsymmetricAlgorithm key) => key is RSA rsa
            ? new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) : new CertificateRequest(subject, (ECDsa)key, HashAlgorithmName.SHA256);

        private static X509Certificate2 Sign(CertificateRequest request, X500DistinguishedName issuer, AsymmetricAlgorithm key, DateTimeOffset notBefore, DateTimeOffset notAfter) =>
            request.Create(
                issuer, key is RSA rsa ? X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pkcs1) : X509SignatureGenerator.CreateForECDsa((ECDsa)key),
                notBefore, notAfter, [0x40, .. RandomNumberGenerator.GetBytes(15)]);

        // NameConstraints, RFC 5280 section 4.2.1.10: permittedSubtrees with one dNSName.
        private static byte[] Permitted(string name)
        {
            var writer = new AsnWriter(AsnEncodingRules.DER);
            using (writer.PushSequence())
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true)))
            using (writer.PushSequence())
                writer.WriteCharacterString(UniversalTagNumber.IA5String, name, new Asn1Tag(TagClass.ContextSpecific, 2));
            return writer.Encode();
        }
    }
}
