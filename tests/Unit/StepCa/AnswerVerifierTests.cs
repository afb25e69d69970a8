using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using StepCaRenew.Certificates;
using StepCaRenew.StepCa;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.StepCa;

public sealed class AnswerVerifierTests
{
    private static readonly TestAuthority Ca = TestAuthority.Default;
    private static readonly TestAuthority Stranger = new("Stranger");
    private static readonly LeafSpec Old = new() { DnsNames = ["a.example.com", "b.example.com"], IPAddresses = ["10.0.0.1"] };
    private static readonly TestPair Pair = Ca.Issue(Old);
    private static readonly DateTimeOffset Now = Old.NotBefore.AddHours(16);

    /// <summary>What a CA answers as it should.</summary>
    private static readonly LeafSpec New = Old with { Key = Pair.Key, NotBefore = Now.AddMinutes(-1), NotAfter = Now.AddHours(24) };

    [Fact]
    public void Verify_GoodAnswer_IsGood() => Verify(New);

    [Fact]
    public void Verify_NamesInAnotherOrder_IsGood() => Verify(New with { DnsNames = ["b.example.com", "a.example.com"] });

    [Fact]
    public void Verify_SameEnd_IsGood() => Verify(New with { NotAfter = Old.NotAfter });

    [Theory]
    [InlineData(59)]
    [InlineData(60)]
    public void Verify_BeginsWithinTheLeeway_IsGood(int seconds) => Verify(New with { NotBefore = Now.AddSeconds(seconds) });

    [Theory]
    [InlineData(61)]
    [InlineData(3600)]
    public void Verify_BeginsLater_IsNotValidNow(int seconds) => Demand(ErrorId.AnswerNotValidNow, New with { NotBefore = Now.AddSeconds(seconds) });

    [Theory]
    [InlineData(0)]
    [InlineData(-3600)]
    public void Verify_IsOver_IsNotValidNow(int seconds) =>
        Demand(ErrorId.AnswerNotValidNow, New with { NotBefore = Now.AddHours(-2), NotAfter = Now.AddSeconds(seconds) });

    [Fact]
    public void Verify_EndsASecondEarlier_IsRefused() => Demand(ErrorId.AnswerEndsEarlier, New with { NotAfter = Old.NotAfter.AddSeconds(-1) });

    [Fact]
    public void Verify_OtherKey_NamesBoth()
    {
        var e = Demand(ErrorId.AnswerWrongKey, New with { Key = null });
        Assert.Contains(PublicKeyId.Of(Pair.Leaf), e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CN=other.example.com")]
    [InlineData("CN=host.example.com, O=More")]
    [InlineData("CN=HOST.example.com")]
    [InlineData("")]
    public void Verify_OtherSubject_IsAnotherIdentity(string subject) => Demand(ErrorId.AnswerWrongIdentity, New with { Subject = subject });

    public static TheoryData<string> Names => ["less", "more", "none", "other kind"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Verify_OtherNames_IsAnotherIdentity(string difference) => Demand(ErrorId.AnswerWrongIdentity, difference switch
    {
        "less" => New with { DnsNames = ["a.example.com"] },
        "more" => New with { EmailAddresses = ["admin@example.com"] },
        "none" => New with { DnsNames = [], IPAddresses = [] },
        _ => New with { DnsNames = ["a.example.com", "b.example.com", "10.0.0.1"], IPAddresses = [] },
    });

    [Fact]
    public void Verify_StrangersSignature_IsUntrusted() =>
        Expect.Failure(ErrorId.AnswerUntrusted, () => Verify(Stranger.Issue(New).Leaf, Stranger.Intermediate));

    [Fact]
    public void Verify_StrangersSignatureWithTheirRootInTheAnswer_IsUntrusted() =>
        Expect.Failure(ErrorId.AnswerUntrusted, () => Verify(Stranger.Issue(New).Leaf, Stranger.Intermediate, Stranger.Root));

    [Fact]
    public void Verify_StrangerOfTheSameName_IsUntrusted()
    {
        // The same names everywhere, other keys: only the signature tells.
        var forger = new TestAuthority();
        Expect.Failure(ErrorId.AnswerUntrusted, () => Verify(forger.Issue(New).Leaf, Ca.Intermediate));
        Expect.Failure(ErrorId.AnswerUntrusted, () => Verify(forger.Issue(New).Leaf, forger.Intermediate));
    }

    [Fact]
    public void Verify_WithoutIntermediate_IsUntrusted() => Expect.Failure(ErrorId.AnswerUntrusted, () => Verify(Ca.Issue(New).Leaf));

    [Fact]
    public void Verify_IntermediatesAmongOthers_IsGood() => Verify(Ca.Issue(New).Leaf, Stranger.Intermediate, Ca.Intermediate, Ca.Root);

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

    private static RenewalException Demand(string errorId, LeafSpec spec)
    {
        var e = Expect.Failure(errorId, () => Verify(spec));
        Assert.Contains("nothing was changed", e.Message, StringComparison.Ordinal);
        return e;
    }

    private static void Verify(LeafSpec spec) => Verify(Ca.Issue(spec).Leaf, Ca.Intermediate);

    private static void Verify(X509Certificate2 leaf, params X509Certificate2[] chain)
    {
        using var folder = new TestFolder();
        var (certificate, key) = Pair.WriteTo(folder, "a", Ca.Intermediate);
        using var pair = CertificatePair.Load(certificate, key, null);
        using var roots = TrustedRoots.Load(new CaSettings(new Uri("https://ca"), folder.Write("root.crt", Ca.Root.ExportCertificatePem()), null));
        new AnswerVerifier(roots, new FakeTimeProvider(Now)).Verify(pair.Leaf, pair.Key, new CaAnswer(leaf, chain));
    }
}
