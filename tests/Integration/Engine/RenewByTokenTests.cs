using StepCaRenew.DevCa.Faults;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Contract;

namespace StepCaRenew.Integration.Engine;

/// <summary>Renewal without a client certificate: because it was asked for, or because the certificate has expired.</summary>
public sealed class RenewByTokenTests : EngineTest
{
    public static MatrixTheoryData<CaKind, string> Keys { get; } = new([CaKind.DevCa, CaKind.StepCa], ["EC-P256", "EC-P384", "EC-P521", "RSA-2048"]);

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task EveryKey_IsRenewed(CaKind kind, string key)
    {
        var ca = await CaAsync(kind);
        var pair = await IssueAsync(ca, key: key);

        var result = await RenewedAsync(ByToken(Request(ca, pair)));

        Assert.Equal(1, result.Attempts);
        Assert.Contains(Log.Events, one => one.Id == Event.AskingCa && one.Message.Contains(" by token;", StringComparison.Ordinal));
        var chain = LoadPem(pair.CertificatePath);
        LeafAssert.IsRenewed(pair.Leaf, chain[0], chain[1]);
    }

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task TheSameCertificate_CanBeRenewedTwice_SinceEachRunHasItsOwnToken(CaKind kind)
    {
        var ca = await CaAsync(kind);
        var pair = await IssueAsync(ca);
        var old = File.ReadAllBytes(pair.CertificatePath);
        await RenewedAsync(ByToken(Request(ca, pair)));
        File.WriteAllBytes(pair.CertificatePath, old);
        await RenewedAsync(ByToken(Request(ca, pair)));
    }

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task Expired_WhereTheCaAllowsIt_IsRenewedByItself(CaKind kind)
    {
        var ca = await CaAsync(kind, RenewsExpired);
        var pair = await ExpiredAsync(ca);
        await RenewedAsync(Request(ca, pair));
        Assert.Contains(Log.Events, one => one.Id == Event.AskingCa && one.Message.Contains(" by token;", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task Expired_WhereTheCaForbidsIt_NamesTheClaim(CaKind kind)
    {
        var ca = await CaAsync(kind);
        var pair = await ExpiredAsync(ca);
        var (result, error) = await FailsAsync(ErrorId.RenewalAfterExpiryRefused, Request(ca, pair) with { RetryTimeout = TimeSpan.FromMinutes(1) });
        Assert.Equal(1, result.Attempts);
        Assert.Contains("allowRenewalAfterExpiry", error.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task RenewalDisabled_IsRefused(CaKind kind)
    {
        var ca = await CaAsync(kind);
        var pair = await IssueAsync(ca, "norenew");
        await FailsAsync(ErrorId.RenewalRefused, ByToken(Request(ca, pair)));
    }

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task ForeignCertificate_TokenIsRefused(CaKind kind)
    {
        var ca = await CaAsync(kind);
        var pair = await IssueAsync(await CaAsync(kind, RenewsExpired));
        var (result, _) = await FailsAsync(ErrorId.TokenRefused, ByToken(Request(ca, pair)) with { RetryTimeout = TimeSpan.FromMinutes(1) });
        Assert.Equal(1, result.Attempts);
    }

    // Up to 0.26.1 a token needs serverAuth, from 0.26.2 on clientAuth. The missing usage is named, not the clock.
    [Theory]
    [InlineData(CaKind.DevCa, "admin", false, "serverAuth")]
    [InlineData(CaKind.StepCa, "admin", false, "serverAuth")]
    [InlineData(CaKind.DevCa30, "noeku", true, "clientAuth")]
    [InlineData(CaKind.StepCa30, "noeku", true, "clientAuth")]
    public async Task MissingUsage_IsNamed(CaKind kind, string provisioner, bool serverAuth, string missing)
    {
        var ca = await CaAsync(kind);
        var pair = await AgedAsync(ca, provisioner, serverAuth);
        var (result, error) = await FailsAsync(ErrorId.TokenRefused, ByToken(Request(ca, pair)));
        Assert.Equal(1, result.Attempts);
        Assert.Contains($"does not have the extended key usage {missing}", error.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain("dnsNames", error.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CaKind.DevCa, "noeku", true)]
    [InlineData(CaKind.StepCa, "noeku", true)]
    [InlineData(CaKind.DevCa30, "admin", false)]
    [InlineData(CaKind.StepCa30, "admin", false)]
    public async Task UsageThatTheCaDoesNotAskFor_MayBeMissing(CaKind kind, string provisioner, bool serverAuth)
    {
        var ca = await CaAsync(kind);
        await RenewedAsync(ByToken(Request(ca, await AgedAsync(ca, provisioner, serverAuth))));
    }

    // The CA compares names by case, and .NET's Uri lowers them.
    [Theory]
    [InlineData("CA01.Corp.Example")]
    [InlineData("ca01.corp.example")]
    public async Task CapitalsInTheCasName_AreKept(string name)
    {
        await using var ca = await OwnCa.StartAsync(new() { DnsNames = [name] });
        using var proxy = new ConnectProxy(ca.Server.Url.Port);
        Variables["HTTPS_PROXY"] = $"http://127.0.0.1:{proxy.Port}";
        var request = ca.Request(ca.Issue(Folder, DateTimeOffset.Now.AddMinutes(-1)));
        await RenewedAsync(ByToken(request with { Ca = request.Ca with { CaUrl = $"https://{name}:9000" } }));
    }

    [Fact]
    public async Task ByAnotherNameOfTheCa_IsRenewed()
    {
        var ca = await CaAsync(CaKind.StepCa);
        var pair = await IssueAsync(ca);
        var url = $"https://localhost:{ca.Url.Port}";
        await RenewedAsync(ByToken(Request(ca, pair) with { Ca = new() { StepPath = ca.StepPath, CaUrl = url } }));
    }

    [Fact]
    public async Task NameThatIsNotTheCas_IsReportedWithThatOfTheToken()
    {
        // The answer of a CA behind a proxy that ends TLS under a name of its own.
        await using var ca = await DevTestCa.StartAsync(new());
        var pair = await IssueAsync(ca);
        ca.Server.Faults.Add("/renew", new RawFault(500, "application/json", """{"status":500,"message":"error validating renew token: invalid audience claim (aud)"}"""));
        var (result, error) = await FailsAsync(ErrorId.TokenRefused, ByToken(Request(ca, pair)) with { RetryTimeout = TimeSpan.FromMinutes(1) });
        Assert.Equal(1, result.Attempts);
        Assert.Contains("dnsNames", error.Remedy, StringComparison.Ordinal);
    }

    private async Task<IssuedPair> AgedAsync(ITestCa ca, string provisioner, bool serverAuth)
    {
        var pair = await ca.IssueAsync(new() { Name = $"{Guid.NewGuid():N}.local", Folder = Folder, Provisioner = provisioner, ServerAuth = serverAuth, Age = TimeSpan.FromHours(1) });
        Age(pair.CertificatePath);
        Age(pair.KeyPath);
        return pair;
    }
}
