using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using StepCaRenew.Ca;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Trust;
using StepCaRenew.DevCa.Faults;
using StepCaRenew.Inspection;
using StepCaRenew.Integration.Cas;

namespace StepCaRenew.Integration.Engine;

/// <summary>The requests of the engine's client to a CA besides renewals.</summary>
public sealed class CaInfoTests(FaultyCa shared) : IClassFixture<FaultyCa>
{
    private readonly DevTestCa faulty = shared.Healthy();

    public static TheoryData<string> Calls { get; } = ["/health", "/version", "/roots", "/provisioners"];

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task Health_IsOk(CaKind kind) =>
        Assert.Equal("ok", await AskAsync(await TestCas.GetAsync(kind), client => client.GetHealthAsync(default)));

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task Version_IsTold(CaKind kind) =>
        Assert.Equal("0.19.0", await AskAsync(await TestCas.GetAsync(kind), client => client.GetVersionAsync(default)));

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task Roots_AreThoseOfTheCa(CaKind kind)
    {
        var ca = await TestCas.GetAsync(kind);
        var roots = await AskAsync(ca, client => client.GetRootsAsync(default));
        Assert.Equal(X509CertificateLoader.LoadCertificateFromFile(ca.RootPath), X509Certificate2.CreateFromPem(Assert.Single(roots)));
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Failures_AreClear(string path)
    {
        await FailsAsync(ErrorId.CaNotFound, path, new StatusFault(404));
        await FailsAsync(ErrorId.CaFailed, path, new ProxyHtmlFault(502));
        await FailsAsync(ErrorId.CaAnswerInvalid, path, new RawFault(200, "text/html", "<html>"));
        await FailsAsync(ErrorId.CaAnswerInvalid, path, new RawFault(200, "application/json", "null"));
        await FailsAsync(ErrorId.CaAnswerInvalid, path, new RawFault(200, "application/json", "[]"));
        await FailsAsync(ErrorId.CaAnswerTooLarge, path, RawFault.Huge);
        await FailsAsync(ErrorId.CaUnreachable, path, new DropFault());
        await FailsAsync(ErrorId.CaUnreachable, path, new CutFault(3));
        await FailsAsync(ErrorId.CaTimeout, path, new DelayFault(TimeSpan.FromMinutes(1)), speed: 60);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task ObjectWithoutTheField_IsRefused(string path) => await FailsAsync(ErrorId.CaAnswerInvalid, path, new RawFault(200, "application/json", "{}"));

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task OtherRoot_IsNotTrusted(CaKind kind)
    {
        var (ca, other) = (await TestCas.GetAsync(kind), await TestCas.GetAsync(kind, new() { AllowRenewalAfterExpiry = true }));
        var error = await Assert.ThrowsAsync<RenewalException>(() => AskAsync(ca, client => client.GetHealthAsync(default), other.RootPath));
        Assert.Equal(ErrorId.CaUntrusted, error.ErrorId);
    }

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task Provisioners_AreListedWithTheirClaims(CaKind kind)
    {
        var all = await AskAsync(await TestCas.GetAsync(kind), client => client.GetProvisionersAsync(default));
        Assert.Equal(["admin", "noeku", "norenew"], all.Select(one => one.Name).Order(StringComparer.Ordinal));
        Assert.True(all.Single(one => one.Name == "norenew").Claims.GetProperty("disableRenewal").GetBoolean());
        Assert.All(all, one => Assert.True(one is { Type: "JWK", EncryptedKey.Length: > 100 }));
    }

    [Fact]
    public async Task Provisioners_OfAllPages_AreListed()
    {
        faulty.Server.Faults.Add("/provisioners", new RawFault(200, "application/json", """{"provisioners":[{"type":"ACME","name":"one"},null],"nextCursor":"a&b"}"""));
        var all = await AskAsync(faulty, client => client.GetProvisionersAsync(default));
        Assert.Equal(["one", "admin", "norenew", "noeku"], all.Select(one => one.Name));

        faulty.Server.Faults.Add("/provisioners", new RawFault(200, "application/json", """{"provisioners":[],"nextCursor":"more"}"""), times: 101);
        await Expect.FailureAsync(ErrorId.CaAnswerInvalid, () => AskAsync(faulty, client => client.GetProvisionersAsync(default)));
    }

    [Fact]
    public async Task Inspection_ShowsWhichRootsAreTrusted_AndHowLongTheyLast()
    {
        var mine = X509CertificateLoader.LoadCertificateFromFile(faulty.RootPath);
        var other = TestAuthority.Default.Root;
        faulty.Server.Faults.Add("/roots", new RawFault(201, "application/json", JsonSerializer.Serialize(new { crts = new[] { mine.ExportCertificatePem(), other.ExportCertificatePem() } })));
        var found = await new CaInspector(new TestClock(TimeSpan.FromDays(10)), _ => null).InspectAsync(new() { StepPath = faulty.StepPath }, default);
        Assert.Equal([(RootFingerprint.Compute(mine), true), (RootFingerprint.Compute(other), false)], found.Roots.Select(root => (root.Fingerprint, root.IsTrusted)));
        Assert.All(found.Roots, root => Assert.Equal((long)Math.Floor((root.NotAfter - DateTime.Now).TotalDays) - 10, root.RemainingDays));
        // The clock of this machine shows a time in ten days.
        Assert.InRange(found.ClockDifferenceSeconds!.Value, -864_010, -863_990);
        Assert.InRange(found.LatencyMs, 0, 60_000);

        faulty.Server.Faults.Add("/roots", new RawFault(201, "application/json", """{"crts":["-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]}"""));
        await Expect.FailureAsync(ErrorId.CaAnswerInvalid, () => new CaInspector(TimeProvider.System, _ => null).InspectAsync(new() { StepPath = faulty.StepPath }, default));
    }

    [Fact]
    public async Task Health_OtherThanOk_IsAFailure()
    {
        faulty.Server.Faults.Add("/health", new RawFault(200, "application/json", """{"status":"\u001b[31mdatabase lost"}"""));
        var settings = CaSettingsResolver.Resolve(new() { StepPath = faulty.StepPath }, _ => null);
        var e = await Expect.FailureAsync(ErrorId.CaFailed, () => AskAsync(faulty, client => CaHealth.RequireAsync(client, settings, TimeProvider.System, default)));
        Assert.Contains("'database lost'", e.Message, StringComparison.Ordinal);
        var health = await AskAsync(faulty, client => CaHealth.RequireAsync(client, settings, TimeProvider.System, default));
        Assert.True(health is { IsClockWrong: false, ClockDifference: not null } && health.Latency > TimeSpan.Zero);
    }

    [Fact]
    public async Task Cancelled_IsCancelled()
    {
        faulty.Server.Faults.Add("/health", new DelayFault(TimeSpan.FromMinutes(1)));
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AskAsync(faulty, client => client.GetHealthAsync(cancel.Token)));
    }

    private async Task FailsAsync(string errorId, string path, RequestFault fault, double speed = 1)
    {
        faulty.Server.Faults.Add(path, fault);
        var error = await Assert.ThrowsAsync<RenewalException>(() => AskAsync<object>(faulty, async client => path switch
        {
            "/health" => await client.GetHealthAsync(default),
            "/version" => await client.GetVersionAsync(default),
            "/provisioners" => await client.GetProvisionersAsync(default),
            _ => await client.GetRootsAsync(default),
        }, speed: speed));
        Assert.True(error.ErrorId == errorId, $"Expected {errorId} of {fault}, but it was {error.ErrorId}: {error.Message}");
    }

    private static async Task<T> AskAsync<T>(ITestCa ca, Func<StepCaRenew.Ca.CaClient, Task<T>> question, string? rootPath = null, double speed = 1)
    {
        var settings = CaSettingsResolver.Resolve(new() { StepPath = ca.StepPath, RootPath = rootPath }, _ => null);
        using var roots = TrustedRoots.Load(settings);
        return await question(new(settings, roots, new TestClock(speed: speed), _ => null));
    }
}
