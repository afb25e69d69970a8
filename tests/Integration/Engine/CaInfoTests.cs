using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Ca;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Trust;
using StepCaRenew.DevCa.Faults;
using StepCaRenew.Integration.Cas;

namespace StepCaRenew.Integration.Engine;

/// <summary>The requests of the engine's client to a CA besides renewals.</summary>
public sealed class CaInfoTests(FaultyCa shared) : IClassFixture<FaultyCa>
{
    private readonly DevTestCa faulty = shared.Healthy();

    public static TheoryData<string> Calls { get; } = ["/health", "/version", "/roots"];

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
