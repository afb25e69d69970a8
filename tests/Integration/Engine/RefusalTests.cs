using StepCaRenew.Integration.Cas;
using StepCaRenew.Registration;
using StepCaRenew.Renewal;

namespace StepCaRenew.Integration.Engine;

/// <summary>The CA says no: one clear error, at once, and nothing on disk changes.</summary>
public sealed class RefusalTests : EngineTest
{
    private static readonly string[] BadCertificate = [ErrorId.ClientCertificateRefused, ErrorId.ClientCertificateUnknownCa];

    // Patience that a refusal must not use up.
    private static RenewalRequest Patient(ITestCa ca, IssuedPair pair) => Request(ca, pair) with { RetryTimeout = TimeSpan.FromMinutes(5) };

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task RenewalDisabled_IsRefused(CaKind kind)
    {
        var ca = await CaAsync(kind);
        var (result, error) = await FailsAsync(ErrorId.RenewalRefused, Patient(ca, await IssueAsync(ca, "norenew")));
        Assert.Equal(1, result.Attempts);
        Assert.Contains("disableRenewal", error.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task Revoked_IsRefused(CaKind kind)
    {
        var ca = await CaAsync(kind);
        var pair = await IssueAsync(ca);
        await ca.RevokeAsync(pair);
        var (result, error) = await FailsAsync(ErrorId.RenewalRefused, Patient(ca, pair));
        Assert.Equal(1, result.Attempts);
        Assert.Contains("revoked", error.Remedy, StringComparison.Ordinal);
    }

    // In TLS 1.3 the verdict on a client certificate comes after the handshake, and a reset may overtake it.
    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task ForeignCertificate_IsRefusedTheSameWayEveryTime(CaKind kind)
    {
        var ca = await CaAsync(kind);
        var pair = await IssueAsync(await CaAsync(kind, RenewsExpired));
        var before = FolderSnapshot.Take(Folder);
        var started = TimeProvider.System.GetTimestamp();
        var ids = new HashSet<string?>();
        for (var i = 0; i < 20; i++)
        {
            var (result, error) = await RunAsync(Patient(ca, pair));
            Assert.Equal(1, result.Attempts);
            ids.Add(error?.ErrorId);
        }

        Assert.Contains(Assert.Single(ids), BadCertificate);
        Assert.Equal(0, Log.Count(Event.Retrying));
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(30));
        before.AssertUntouched();
    }

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task ForeignCertificate_RefusalThatIsLost_IsStillRefused(CaKind kind)
    {
        var ca = await CaAsync(kind);
        var pair = await IssueAsync(await CaAsync(kind, RenewsExpired));
        using var door = new ResettingDoor(ca.Url.Port);
        var (result, error) = await RunAsync(Patient(ca, pair) with { Ca = new() { StepPath = ca.StepPath, CaUrl = $"https://127.0.0.1:{door.Port}" } });
        Assert.Contains(error?.ErrorId, BadCertificate);
        Assert.Equal(1, result.Attempts);
        Assert.Equal(2, door.Visitors);
    }

    // The same reset with a good certificate is the network's doing.
    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task GoodCertificate_ConnectionThatIsReset_IsTriedAgain(CaKind kind)
    {
        var ca = await CaAsync(kind);
        using var door = new ResettingDoor(ca.Url.Port);
        var result = await RenewedAsync(Patient(ca, await IssueAsync(ca)) with { Ca = new() { StepPath = ca.StepPath, CaUrl = $"https://127.0.0.1:{door.Port}" } });
        // Three connections: the attempt that failed, the handshake that finds the reason, and the attempt that succeeded.
        Assert.Equal(2, result.Attempts);
        Assert.Equal(3, door.Visitors);
    }

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task ExpiredByTheClockOfTheCaAlone_IsRefusedAndTheClocksAreNamed(CaKind kind)
    {
        var ca = await CaAsync(kind);
        var pair = await IssueAsync(ca, age: TimeSpan.FromSeconds(610), lifetime: TimeSpan.FromMinutes(10));
        // Half a minute behind, the certificate has some seconds left.
        Clock = new TestClock(TimeSpan.FromSeconds(-30));
        var (result, error) = await RunAsync(Patient(ca, pair));
        AssertResult.Is(result, RenewalStatus.Failed, attempts: 1);
        Assert.Contains(error!.ErrorId, new[] { ErrorId.ClientCertificateRefused, ErrorId.ClientCertificateExpired });
        Assert.Contains("clock", error.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task OtherRoot_IsNotTrusted(CaKind kind)
    {
        var (ca, other) = (await CaAsync(kind), await CaAsync(kind, RenewsExpired));
        var pair = await IssueAsync(ca);
        var (_, error) = await FailsAsync(ErrorId.CaUntrusted, Patient(ca, pair) with { Ca = new() { StepPath = ca.StepPath, RootPath = other.RootPath } });
        Assert.Contains("does not chain to the trusted root", error.Message, StringComparison.Ordinal);
    }

    // A registered renewal has its own copy of the root, which Initialize-StepContext does not replace.
    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task OldRootOfARegisteredRenewal_AdvisesToRegisterAgain(CaKind kind)
    {
        var (ca, other) = (await CaAsync(kind), await CaAsync(kind, RenewsExpired));
        var pair = await IssueAsync(ca);
        using var registered = new RegisteredScene(new RenewalDefinition
        {
            Name = "web",
            CertificatePath = pair.CertificatePath,
            KeyPath = pair.KeyPath,
            Ca = new() { CaUrl = ca.Url.ToString(), RootPath = other.RootPath, Fingerprint = other.Fingerprint },
        });
        var outcome = await registered.RunAsync(TimeProvider.System, Log);
        Assert.Equal(ErrorId.CaUntrusted, outcome.Error?.ErrorId);
        Assert.Contains("register the renewal again (Register-StepRenewalTask)", outcome.Error!.Remedy, StringComparison.Ordinal);
        Assert.Contains("'web'", outcome.Error.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task TheSameCaWithAnotherRootFile_IsTold(CaKind kind)
    {
        var (ca, other) = (await CaAsync(kind), await CaAsync(kind, RenewsExpired));
        var pair = await IssueAsync(ca);
        // The other CA's root comes with the other CA's fingerprint: consistent, and still not ours.
        var (result, _) = await FailsAsync(ErrorId.CaUntrusted, Patient(ca, pair) with { Ca = new() { StepPath = other.StepPath, CaUrl = ca.Url.ToString() } });
        Assert.Equal(1, result.Attempts);
    }
}
