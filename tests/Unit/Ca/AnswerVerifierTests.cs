using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using StepCaRenew.Ca;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Signing;
using StepCaRenew.Ca.Trust;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Unit.Ca;

public sealed class AnswerVerifierTests
{
    private static readonly TestAuthority Ca = TestAuthority.Default;
    private static readonly TestAuthority Stranger = new("Stranger");
    private static readonly LeafSpec Old = new() { DnsNames = ["a.example.com", "b.example.com"], IPAddresses = ["10.0.0.1"] };
    private static readonly TestPair Pair = Ca.Issue(Old);
    private static readonly DateTimeOffset Now = Old.NotBefore.AddHours(16);

    /// <summary>A correct answer.</summary>
    private static readonly LeafSpec New = Old with { Key = Pair.Key, NotBefore = Now.AddMinutes(-1), NotAfter = Now.AddHours(24) };

    [Fact]
    public void Verify_GoodAnswer_IsGood() => Verify(New);

    [Fact]
    public void Verify_NamesInAnotherOrder_IsGood() => Verify(New with { DnsNames = ["b.example.com", "a.example.com"] });

    // It would be due again at once. Within one second, a renewal that a user asks for has the same end.
    [Fact]
    public void Verify_SameEnd_IsGoodOnlyIfForced()
    {
        Refuse(ErrorId.AnswerNotNew, New with { NotAfter = Old.NotAfter });
        Assert.Single(Verify(Ca.Issue(New with { NotAfter = Old.NotAfter }).Leaf, isForced: true, Ca.Intermediate));
    }

    [Fact]
    public void Verify_ThePresentCertificate_IsNotNew() =>
        Expect.Failure(ErrorId.AnswerNotNew, () => Verify(Pair.Leaf, isForced: true, Ca.Intermediate));

    [Theory]
    [InlineData(59)]
    [InlineData(60)]
    public void Verify_BeginsWithinTheLeeway_IsGood(int seconds) => Verify(New with { NotBefore = Now.AddSeconds(seconds) });

    [Theory]
    [InlineData(61)]
    [InlineData(3600)]
    public void Verify_BeginsLater_IsNotValidNow(int seconds) => Refuse(ErrorId.AnswerNotValidNow, New with { NotBefore = Now.AddSeconds(seconds) });

    [Theory]
    [InlineData(0)]
    [InlineData(-3600)]
    public void Verify_Expired_IsNotValidNow(int seconds) =>
        Refuse(ErrorId.AnswerNotValidNow, New with { NotBefore = Now.AddHours(-2), NotAfter = Now.AddSeconds(seconds) });

    [Fact]
    public void Verify_EndsASecondEarlier_IsRefused() => Refuse(ErrorId.AnswerEndsEarlier, New with { NotAfter = Old.NotAfter.AddSeconds(-1) });

    [Fact]
    public void Verify_OtherKey_NamesBoth()
    {
        var e = Refuse(ErrorId.AnswerWrongKey, New with { Key = null });
        Assert.Contains(PublicKeyId.Compute(Pair.Leaf), e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CN=other.example.com")]
    [InlineData("CN=host.example.com, O=More")]
    [InlineData("CN=HOST.example.com")]
    [InlineData("")]
    public void Verify_OtherSubject_IsAnotherIdentity(string subject) => Refuse(ErrorId.AnswerWrongIdentity, New with { Subject = subject });

    public static TheoryData<string> Names => ["less", "more", "none", "other kind"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Verify_OtherNames_IsAnotherIdentity(string difference) => Refuse(ErrorId.AnswerWrongIdentity, difference switch
    {
        "less" => New with { DnsNames = ["a.example.com"] },
        "more" => New with { EmailAddresses = ["admin@example.com"] },
        "none" => New with { DnsNames = [], IPAddresses = [] },
        _ => New with { DnsNames = ["a.example.com", "b.example.com", "10.0.0.1"], IPAddresses = [] },
    });

    public static TheoryData<string> Usages => ["no clientAuth", "codeSigning alone", "codeSigning as well", "any", "authority"];

    [Theory]
    [MemberData(nameof(Usages))]
    public void Verify_OtherUsage_IsRefused(string difference) => Refuse(ErrorId.AnswerWrongUsage, difference switch
    {
        "no clientAuth" => New with { Usages = [LeafSpec.ServerAuth] },
        "codeSigning alone" => New with { Usages = [CodeSigning] },
        "codeSigning as well" => New with { Usages = [LeafSpec.ServerAuth, LeafSpec.ClientAuth, CodeSigning] },
        "any" => New with { Usages = [] },
        _ => New with { Extensions = [("2.5.29.19", new X509BasicConstraintsExtension(true, false, 0, true).RawData)] },
    });

    [Theory]
    [InlineData(1024, "SHA256", "RSA 1024")]
    [InlineData(2048, "SHA1", "SHA-1")]
    [InlineData(2048, "MD5", "MD5")]
    public void Verify_WeakIssuer_IsRefused(int bits, string hash, string what)
    {
        using var issuerKey = RSA.Create(bits);
        var generator = X509SignatureGenerator.CreateForRSA(issuerKey, RSASignaturePadding.Pkcs1);
        var authority = new CertificateRequest("CN=Weak", issuerKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var root = authority.Create(new X500DistinguishedName("CN=Weak"), generator, Now.AddYears(-1), Now.AddYears(1), [1]);
        var request = new CertificateRequest(New.Subject, (ECDsa)Pair.Key, HashAlgorithmName.SHA256);
        foreach (X509Extension extension in Pair.Leaf.Extensions)
            request.CertificateExtensions.Add(extension);
        using var leaf = request.Create(root.SubjectName, new HashedBy(issuerKey, hash), New.NotBefore, New.NotAfter, [2]);
        Assert.Contains(what, Expect.Failure(ErrorId.AnswerWeak, () => Verify(root, leaf, isForced: false, root)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_StrangersSignature_IsUntrusted() =>
        Expect.Failure(ErrorId.AnswerUntrusted, () => Verify(Stranger.Issue(New).Leaf, Stranger.Intermediate));

    [Fact]
    public void Verify_StrangersSignatureWithTheirRootInTheAnswer_IsUntrusted() =>
        Expect.Failure(ErrorId.AnswerUntrusted, () => Verify(Stranger.Issue(New).Leaf, Stranger.Intermediate, Stranger.Root));

    [Fact]
    public void Verify_StrangerOfTheSameName_IsUntrusted()
    {
        // The same names everywhere, other keys: only the signature shows it.
        var forger = new TestAuthority();
        Expect.Failure(ErrorId.AnswerUntrusted, () => Verify(forger.Issue(New).Leaf, Ca.Intermediate));
        Expect.Failure(ErrorId.AnswerUntrusted, () => Verify(forger.Issue(New).Leaf, forger.Intermediate));
    }

    [Fact]
    public void Verify_WithoutIntermediate_IsUntrusted() => Expect.Failure(ErrorId.AnswerUntrusted, () => Verify(Ca.Issue(New).Leaf));

    // Without it, the chain in the new file would have a gap.
    [Fact]
    public void Verify_IntermediateOnlyInTheRootFile_IsPartOfTheChain()
    {
        var file = new InputFile("root.crt", Encoding.ASCII.GetBytes(Ca.Root.ExportCertificatePem() + "\n" + Ca.Intermediate.ExportCertificatePem()), default);
        using var roots = TrustedRoots.Parse(new CaSettings(new Uri("https://ca"), file.Path, null), file);
        var expected = Expectation.FromCertificate(Pair.Leaf, Pair.PrivateKey, mayEndThen: false);
        var issuer = Assert.Single(new AnswerVerifier(roots, new FakeTimeProvider(Now)).Verify(new CaAnswer(Ca.Issue(New).Leaf, []), expected));
        Assert.Equal(Ca.Intermediate.RawData, issuer.RawData);
    }

    [Fact]
    public void Verify_IntermediateAmongOthers_ReturnsOnlyTheChain() =>
        Assert.Equal([Ca.Intermediate, Ca.Root], Verify(Ca.Issue(New).Leaf, isForced: false, Stranger.Issue(New).Leaf, Stranger.Intermediate, Ca.Root, Ca.Intermediate));

    [Fact]
    public void Verify_SeveralFaults_NamesTheKeyFirstAndTheChainLast()
    {
        var all = New with { Key = null, Subject = "CN=x", DnsNames = [], NotBefore = Now.AddHours(1), NotAfter = Now.AddHours(2) };
        Expect.Failure(ErrorId.AnswerWrongKey, () => Verify(Stranger.Issue(all).Leaf));
        Expect.Failure(ErrorId.AnswerWrongIdentity, () => Verify(Stranger.Issue(all with { Key = Pair.Key }).Leaf));
        Expect.Failure(ErrorId.AnswerNotValidNow, () => Verify(Stranger.Issue(New with { NotBefore = all.NotBefore, NotAfter = all.NotAfter }).Leaf));
        Expect.Failure(ErrorId.AnswerEndsEarlier, () => Verify(Stranger.Issue(New with { NotAfter = Now.AddHours(2) }).Leaf));
        Expect.Failure(ErrorId.AnswerUntrusted, () => Verify(Stranger.Issue(New).Leaf));
    }

    // A first certificate replaces none: any end and any serial number will do, and any usage except that of a CA.
    [Theory]
    [InlineData(null)]
    [InlineData("other names")]
    [InlineData("other subject")]
    [InlineData("authority")]
    [InlineData("ends earlier than requested")]
    public void Verify_FirstCertificate_IsComparedWithTheRequest(string? difference)
    {
        var requested = new Expectation
        {
            Key = Pair.PrivateKey,
            Subject = Pair.Leaf.SubjectName,
            Names = SubjectAlternativeNames.FromCertificate(Pair.Leaf),
            EndsNoEarlierThan = difference == "ends earlier than requested" ? New.NotAfter.AddSeconds(1) : null,
        };
        var (errorId, spec) = difference switch
        {
            "other names" => (ErrorId.AnswerWrongIdentity, New with { DnsNames = ["a.example.com"] }),
            "other subject" => (ErrorId.AnswerWrongIdentity, New with { Subject = "CN=x" }),
            "authority" => (ErrorId.AnswerWrongUsage, New with { Extensions = [("2.5.29.19", new X509BasicConstraintsExtension(true, false, 0, true).RawData)] }),
            "ends earlier than requested" => (ErrorId.AnswerEndsEarlier, New),
            _ => (null, New with { Usages = [CodeSigning], NotAfter = Now.AddMinutes(1) }),
        };
        var leaf = Ca.Issue(spec).Leaf;
        if (errorId is null)
            Assert.Equal([Ca.Intermediate], Verify(Ca.Root, requested, leaf, Ca.Intermediate));
        else
            Expect.Failure(errorId, () => Verify(Ca.Root, requested, leaf, Ca.Intermediate));
    }

    [Theory]
    [InlineData("2h", 7260, true)]
    [InlineData("2h", 7261, false)]
    [InlineData("-2h", 60, true)]
    [InlineData("-2h", 61, false)]
    public void Verify_RequestedBeginning_CanBeInTheFuture(string requested, int seconds, bool isGood)
    {
        var clock = new FakeTimeProvider(Now);
        var expected = new Expectation { Key = Pair.PrivateKey, Begin = RequestedTime.Parse(requested, clock) };
        var leaf = Ca.Issue(New with { NotBefore = Now.AddSeconds(seconds) }).Leaf;
        if (isGood)
            Assert.Equal([Ca.Intermediate], Verify(Ca.Root, expected, leaf, Ca.Intermediate));
        else
            Expect.Failure(ErrorId.AnswerNotValidNow, () => Verify(Ca.Root, expected, leaf, Ca.Intermediate));
    }

    // A CA may add its organization, and names that were not requested are not compared.
    [Fact]
    public void Verify_OnlyTheCommonNameRequested_ComparesNothingElse()
    {
        var requested = new Expectation { Key = Pair.PrivateKey, CommonName = "web" };
        var leaf = Ca.Issue(New with { Subject = "O=Example, CN=web", DnsNames = ["other.example.com"] }).Leaf;
        Assert.Equal([Ca.Intermediate], Verify(Ca.Root, requested, leaf, Ca.Intermediate));
        Expect.Failure(ErrorId.AnswerWrongIdentity, () => Verify(Ca.Root, requested with { CommonName = "Web" }, leaf, Ca.Intermediate));
    }

    [Fact]
    public void Verify_SerialNumberOfTheReplacedOne_IsNotNew()
    {
        var serial = Convert.FromHexString(Pair.Leaf.SerialNumber);
        Refuse(ErrorId.AnswerNotNew, New with { SerialNumber = serial });
    }

    private static RenewalException Refuse(string errorId, LeafSpec spec)
    {
        var e = Expect.Failure(errorId, () => Verify(spec));
        Assert.Contains("nothing was changed", e.Message, StringComparison.Ordinal);
        return e;
    }

    private const string CodeSigning = "1.3.6.1.5.5.7.3.3";

    /// <summary>A signature with another hash than that of the request, where .NET refuses weak ones.</summary>
    private sealed class HashedBy(RSA key, string hash) : X509SignatureGenerator
    {
        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm)
        {
            var writer = new AsnWriter(AsnEncodingRules.DER);
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.2.840.113549.1.1." + (hash switch { "MD5" => "4", "SHA1" => "5", _ => "11" }));
                writer.WriteNull();
            }

            return writer.Encode();
        }

        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) => key.SignData(data, new HashAlgorithmName(hash), RSASignaturePadding.Pkcs1);

        protected override PublicKey BuildPublicKey() => CreateForRSA(key, RSASignaturePadding.Pkcs1).PublicKey;
    }

    private static void Verify(LeafSpec spec) => Verify(Ca.Issue(spec).Leaf, Ca.Intermediate);

    private static void Verify(X509Certificate2 leaf, params X509Certificate2[] chain) => Verify(leaf, isForced: false, chain);

    private static IReadOnlyList<X509Certificate2> Verify(X509Certificate2 leaf, bool isForced, params X509Certificate2[] chain) => Verify(Ca.Root, leaf, isForced, chain);

    private static IReadOnlyList<X509Certificate2> Verify(X509Certificate2 root, X509Certificate2 leaf, bool isForced, params X509Certificate2[] chain) =>
        Verify(root, Expectation.FromCertificate(Pair.Leaf, Pair.PrivateKey, mayEndThen: isForced), leaf, chain);

    private static IReadOnlyList<X509Certificate2> Verify(X509Certificate2 root, Expectation expected, X509Certificate2 leaf, params X509Certificate2[] chain)
    {
        using var roots = TestAuthority.TrustRoot(root);
        return new AnswerVerifier(roots, new FakeTimeProvider(Now)).Verify(new CaAnswer(leaf, chain), expected);
    }
}
