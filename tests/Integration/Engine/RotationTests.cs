using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Ca;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Registration;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Integration.Engine;

/// <summary>The CA gets a new intermediate: the certificates that the old one issued are still renewed.</summary>
public sealed class RotationTests : EngineTest
{
    private static readonly CaKind[] Kinds = [CaKind.DevCa, CaKind.StepCa, CaKind.DevCa30, CaKind.StepCa30];

    public static MatrixTheoryData<CaKind, bool> KindsAndRekey { get; } = new(Kinds, [false, true]);

    public static MatrixTheoryData<CaKind, bool> KindsAndKnown { get; } = new(Kinds, [false, true]);

    public static TheoryData<CaKind> AllKinds { get; } = [.. Kinds];

    private static Task<ITestCa> OwnCaAsync(CaKind kind) => TestCas.StartAsync(kind, new());

    [Theory]
    [MemberData(nameof(KindsAndRekey))]
    public async Task NewIntermediate_IsRenewedAtOnce(CaKind kind, bool rekey)
    {
        await using var ca = await OwnCaAsync(kind);
        var pair = await IssueAsync(ca);
        await ca.RotateIntermediateAsync();
        var result = await RenewedAsync(Request(ca, pair) with { Rekey = rekey });
        Assert.Equal(1, result.Attempts);
        Assert.NotEqual(pair.Intermediate, LoadPem(pair.CertificatePath)[1]);
    }

    [Theory]
    [MemberData(nameof(KindsAndRekey))]
    public async Task SecondRoot_WhileBothAreServed_IsRenewed(CaKind kind, bool rekey)
    {
        await using var ca = await OwnCaAsync(kind);
        var pair = await IssueAsync(ca);
        await ca.RotateIntermediateAsync(newRoot: true);
        await RenewedAsync(Request(ca, pair) with { Rekey = rekey });
        // And from the new root's certificate to the next one.
        await RenewedAsync(Request(ca, pair) with { Rekey = rekey });
    }

    [Theory]
    [MemberData(nameof(KindsAndRekey))]
    public async Task TwoIntermediates_AreBothSent(CaKind kind, bool rekey)
    {
        await using var ca = await OwnCaAsync(kind);
        await ca.RotateIntermediateAsync(2);
        var pair = await IssueAsync(ca);
        await ca.RotateIntermediateAsync();
        await RenewedAsync(Request(ca, pair) with { Rekey = rekey });
    }

    // Bundles that were put together by hand: the root in it, the leaf last, one certificate twice, one damaged.
    [Theory]
    [MemberData(nameof(AllKinds))]
    public async Task ChainInOddOrder_IsSentInOrder(CaKind kind)
    {
        await using var ca = await OwnCaAsync(kind);
        await ca.RotateIntermediateAsync(2);
        var pair = await IssueAsync(ca);
        await ca.RotateIntermediateAsync();
        var root = LoadPem(ca.RootPath)[0];
        X509Certificate2[] odd = [root, pair.Intermediates[1], pair.Intermediates[0], pair.Intermediates[1], pair.Leaf];
        File.WriteAllText(pair.CertificatePath, string.Join('\n', odd.Select(one => one.ExportCertificatePem())));
        await RenewedAsync(Request(ca, pair));
    }

    [Theory]
    [MemberData(nameof(KindsAndRekey))]
    public async Task LeafAlone_ThatTheCaRefuses_NamesTheMissingIntermediate(CaKind kind, bool rekey)
    {
        await using var ca = await OwnCaAsync(kind);
        var pair = await IssueAsync(ca);
        File.WriteAllText(pair.CertificatePath, pair.Leaf.ExportCertificatePem());
        await ca.RotateIntermediateAsync();
        var (result, error) = await FailsAsync(ErrorId.ChainMissing, Request(ca, pair) with { Rekey = rekey, RetryTimeout = TimeSpan.FromMinutes(5) });
        Assert.Equal(1, result.Attempts);
        Assert.Contains(pair.CertificatePath, error.Message, StringComparison.Ordinal);
        Assert.Contains(pair.Leaf.Issuer, error.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(AllKinds))]
    public async Task LeafAlone_OfThePresentIntermediate_IsRenewed(CaKind kind)
    {
        await using var ca = await OwnCaAsync(kind);
        await ca.RotateIntermediateAsync();
        var pair = await IssueAsync(ca);
        File.WriteAllText(pair.CertificatePath, pair.Leaf.ExportCertificatePem());
        await RenewedAsync(Request(ca, pair));
    }

    // The chain does not lead to the trusted root: the remedy is another address.
    [Theory]
    [MemberData(nameof(AllKinds))]
    public async Task CertificateOfAnotherCa_IsStillThat(CaKind kind)
    {
        await using var ca = await OwnCaAsync(kind);
        await using var other = await OwnCaAsync(kind);
        var (_, error) = await RunAsync(Request(ca, await IssueAsync(other)));
        Assert.Contains(error!.ErrorId, new[] { ErrorId.ClientCertificateRefused, ErrorId.ClientCertificateUnknownCa });
        Assert.Contains("issued by", error.Message + error.Remedy, StringComparison.Ordinal);
    }

    // The CA dropped the old root, which is still in our root file, next to the new one.
    [Theory]
    [InlineData(CaKind.DevCa)]
    [InlineData(CaKind.DevCa30)]
    public async Task RootThatTheCaNoLongerServes_IsNamed(CaKind kind)
    {
        await using var before = await OwnCaAsync(kind);
        await using var after = await OwnCaAsync(kind);
        var pair = await IssueAsync(before);
        var (_, error) = await RunAsync(Request(after, pair) with { Ca = new() { CaUrl = after.Url.ToString(), RootPath = $"{before.RootPath},{after.RootPath}" } });
        Assert.Contains("chains to the trusted root", error!.Message, StringComparison.Ordinal);
        Assert.Contains("keep the old root", error.Remedy, StringComparison.Ordinal);
    }

    // The way of Windows, where .NET would put what it sends into a certificate store.
    [Theory]
    [MemberData(nameof(KindsAndRekey))]
    public async Task LeafAloneFirst_ThenByTokenOrWithTheVerifiedIssuers(CaKind kind, bool rekey)
    {
        await using var ca = await OwnCaAsync(kind);
        var pair = await IssueAsync(ca);
        var (before, _) = await IssueAsWindowsAsync(ca, pair, rekey);
        Assert.Equal(1, before);
        Assert.Equal(0, Log.Count(Event.AskingAgain));

        await ca.RotateIntermediateAsync();
        var (after, error) = await IssueAsWindowsAsync(ca, pair, rekey);
        Assert.True(error is null, $"{error?.ErrorId}: {error}");
        Assert.Equal(2, after);
        Assert.Equal(1, Log.Count(Event.AskingAgain));
        Assert.Equal(rekey ? 1 : 0, Log.Count(Event.IssuersShown));
        Assert.Contains(rekey ? "by mTLS" : "by a token", Log.Events.Single(one => one.Id == Event.AskingAgain).Message, StringComparison.Ordinal);
    }

    // Certificates that do not chain to the root are not put into a store.
    [Theory]
    [MemberData(nameof(KindsAndRekey))]
    public async Task LeafAloneFirst_OfAnotherCa_IsRefusedAndNoIssuerIsShown(CaKind kind, bool rekey)
    {
        await using var ca = await OwnCaAsync(kind);
        await using var other = await OwnCaAsync(kind);
        var (_, error) = await IssueAsWindowsAsync(ca, await IssueAsync(other), rekey);
        Assert.Contains(error?.ErrorId, new[] { ErrorId.ClientCertificateRefused, ErrorId.ClientCertificateUnknownCa });
        Assert.Equal(0, Log.Count(Event.IssuersShown));
    }

    // TLS cannot use the key in a session without a profile (S4U, SSH): known in advance, or found when the import fails.
    [Theory]
    [MemberData(nameof(KindsAndKnown))]
    public async Task KeyThatWindowsCannotStore_IsRenewedByToken(CaKind kind, bool isKnown)
    {
        await using var ca = await OwnCaAsync(kind);
        var (attempts, error) = await IssueAsWindowsAsync(ca, await IssueAsync(ca), rekey: false, new NoKeyStore(isKnown));
        Assert.True(error is null, $"{error?.ErrorId}: {error}");
        Assert.Equal(isKnown ? 1 : 2, attempts);
        Assert.Equal(isKnown ? 0 : 1, Log.Count(Event.AskingAgain));
        Assert.Contains(Log.Events, one => one.Message.Contains(isKnown ? "by token, since TLS cannot use the key in this session (a reason)" : "by a token", StringComparison.Ordinal));
    }

    // The CA gives a new key by TLS only, and a token carries the chain.
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task KeyThatWindowsCannotStore_WithoutAWayByToken_IsAnErrorWithARemedy(bool rekey, bool isKnown)
    {
        await using var ca = await OwnCaAsync(CaKind.DevCa);
        var pair = await IssueAsync(ca);
        if (!rekey)
            File.WriteAllText(pair.CertificatePath, pair.Leaf.ExportCertificatePem());
        var (_, error) = await IssueAsWindowsAsync(ca, pair, rekey, new NoKeyStore(isKnown));
        Assert.Equal(ErrorId.KeyStoreUnavailable, error?.ErrorId);
        Assert.Contains("-UseToken", error!.Remedy, StringComparison.Ordinal);
        Assert.Contains("-Credential", error.Remedy, StringComparison.Ordinal);
        Assert.Equal(0, Log.Count(Event.IssuersShown));
    }

    [Theory]
    [MemberData(nameof(KindsAndRekey))]
    public async Task Registered_IsRenewed(CaKind kind, bool rekey)
    {
        await using var ca = await OwnCaAsync(kind);
        var pair = await IssueAsync(ca);
        await ca.RotateIntermediateAsync();
        using var registered = new RegisteredScene(new RenewalDefinition
        {
            Name = "web",
            CertificatePath = pair.CertificatePath,
            KeyPath = pair.KeyPath,
            Rekey = rekey,
            Ca = new() { CaUrl = ca.Url.ToString(), RootPath = ca.RootPath, Fingerprint = ca.Fingerprint },
        });
        var outcome = await registered.RunAsync(TimeProvider.System, Log);
        Assert.True(outcome.Error is null, $"{outcome.Error}");
        Assert.Equal(RenewalStatus.Renewed, outcome.Result!.Status);
    }

    private async Task<(int Attempts, RenewalException? Error)> IssueAsWindowsAsync(ITestCa ca, IssuedPair issued, bool rekey, IKeyStore? keyStore = null)
    {
        using var pair = CertificatePair.Load(issued.CertificatePath, issued.KeyPath, null);
        var attempts = 0;
        var options = new IssuerOptions { Ca = Request(ca, issued).Ca, OnAttempt = _ => attempts++ };
        using var issuer = new CertificateIssuer(Clock, () => 0.5, _ => null, Log, isWindows: true, keyStore ?? new KeyStore());
        using var newKey = rekey ? KeyAlgorithms.GenerateLike(pair.Key) : null;
        try
        {
            var wanted = CaRequest.Create(pair.Keyed, newKey, useToken: false);
            using var answer = await issuer.IssueAsync(wanted, Expectation.FromCertificate(pair.Leaf, wanted.Key, mayEndThen: true), options, CancellationToken.None);
            Assert.True(answer.WithKey(newKey ?? pair.Key).Matches);
            return (attempts, null);
        }
        catch (RenewalException e)
        {
            return (attempts, e);
        }
    }

    private sealed class NoKeyStore(bool isKnown) : IKeyStore
    {
        public string? Obstacle => isKnown ? "a reason" : null;

        public X509Certificate2 CreateClient(KeyedCertificate certificate) => throw KeyStore.Unavailable("Access denied", new System.Security.Cryptography.CryptographicException());
    }
}
