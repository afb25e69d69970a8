using StepCaRenew.DevCa.Faults;
using StepCaRenew.Integration.Cas;

namespace StepCaRenew.Integration.Engine;

/// <summary>Calls whose tokens are refused, by the CA or on the way: everything that can be renewed is renewed, each certificate once.</summary>
public sealed class RefusedTokenTests : TransportTest
{
    private const int Count = 140;

    private static RequestFault? Refuse(string tokens, int before) => tokens switch
    {
        "all" => RawFault.TokenRefused,
        "half" => before % 2 == 0 ? RawFault.TokenRefused : null,
        "after a hundred" => before >= 100 ? RawFault.TokenRefused : null,
        "stripped" => new StrippedTokenFault(),
        "forbidden" => new RawFault(403, "text/html", "<html>Forbidden</html>"),
        "too large" => new RawFault(431, "text/plain", "Request Header Fields Too Large"),
        "dropped" => new DropFault(AfterIssuing: false),
        _ => new ClosedFault(),
    };

    // How many are renewed by token, and how many tokens are refused: three in a row, and those of the other workers meanwhile.
    [Theory]
    [InlineData("all", 0, 0, 3, 18)]
    [InlineData("half", 10, 70, 3, 70)]
    [InlineData("after a hundred", 100, 100, 3, 18)]
    [InlineData("stripped", 0, 0, 3, 18)]
    [InlineData("forbidden", 0, 0, 3, 18)]
    [InlineData("too large", 0, 0, 3, 18)]
    [InlineData("dropped", 0, 0, 3, 18)]
    [InlineData("closed after each answer", 1, 132, 0, 131)]
    public async Task EachCertificate_IsRenewedOnce(string tokens, int fewestByToken, int mostByToken, int fewestRefused, int mostRefused)
    {
        await using var ca = await DevTestCa.StartAsync(new());
        var pairs = await IssueManyAsync(ca, Count);
        ca.Server.Faults.AddForTokens(before => Refuse(tokens, before));
        var results = await RenewedAsync(ca, [.. pairs.Select(pair => Request(ca, pair))]);
        Assert.All(ca.Server.Issuances.Where(one => one.Path == "/renew").GroupBy(one => one.CommonName), one => Assert.Single(one));
        Assert.InRange(CountByToken(results), fewestByToken, mostByToken);
        Assert.InRange(results.Count(result => result.Attempts == 2), fewestRefused, mostRefused);
        Assert.All(results.Where(result => result.Attempts == 2), result => Assert.Equal("Tls", result.Transport));
        Assert.All(results, result => Assert.InRange(result.Attempts, 1, 2));
        Assert.InRange(Log.Count(Event.NoMoreTokens), fewestRefused > 0 && mostByToken is 0 or 100 ? 1 : 0, 1);
    }

    // The host of a token is compared by case, that of TLS is not.
    [Theory]
    [InlineData(CaKind.DevCa)]
    [InlineData(CaKind.StepCa)]
    [InlineData(CaKind.StepCa30)]
    public async Task AudienceThatTheCaRefuses_EndsTokensForTheCall(CaKind kind)
    {
        await using var ca = await TestCas.StartAsync(kind, new());
        await EndsTokensAsync(ca, $"https://LOCALHOST:{ca.Url.Port}");
        Assert.Contains("audience", Log.Events.Single(one => one.Id == Event.NoMoreTokens).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CaKind.DevCa)]
    [InlineData(CaKind.StepCa)]
    [InlineData(CaKind.StepCa30)]
    public async Task ClockThatIsAheadOfTheCas_EndsTokensForTheCall(CaKind kind)
    {
        await using var ca = await TestCas.StartAsync(kind, new());
        Clock = new TestClock(TimeSpan.FromMinutes(3));
        await EndsTokensAsync(ca, ca.Url.OriginalString);
    }

    // A step-ca up to 0.26.1 requires serverAuth for a token.
    [Theory]
    [InlineData(CaKind.DevCa)]
    [InlineData(CaKind.StepCa)]
    public async Task HalfOfTheCertificatesWithoutTheUsageForTokens_GoByTls(CaKind kind)
    {
        await using var ca = await TestCas.StartAsync(kind, new());
        var requests = (await IssueManyAsync(ca, 20)).ConvertAll(pair => Request(ca, pair));
        for (var i = 9; i < 20; i += 2)
        {
            var pair = await ca.IssueAsync(new() { Name = $"client{i}.local", Folder = Folder, Age = TimeSpan.FromMinutes(1), ServerAuth = false });
            Age(pair.CertificatePath);
            Age(pair.KeyPath);
            requests[i] = Request(ca, pair);
        }

        var results = await RenewedAsync(ca, requests, workers: 1);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => i >= 8 && i % 2 == 0 ? "Token" : "Tls"), results.Select(result => result.Transport));
        Assert.Equal(0, Log.Count(Event.NoMoreTokens));
    }

    // The error of mTLS is that of a call over this certificate alone.
    [Theory]
    [InlineData(CaKind.DevCa)]
    [InlineData(CaKind.StepCa)]
    public async Task RevokedCertificate_FailsWithTheAnswerOfMtls_AndTheOthersStillGoByToken(CaKind kind)
    {
        await using var ca = await TestCas.StartAsync(kind, new());
        var pairs = await IssueManyAsync(ca, 20);
        foreach (var pair in pairs[9..14])
            await ca.RevokeAsync(pair);
        var outcomes = await CallAsync([.. pairs.Select(pair => Request(ca, pair))], workers: 1);
        Assert.All(outcomes[9..14], outcome => Assert.Equal((ErrorId.RenewalRefused, "Tls", 2), (outcome.Error?.ErrorId, outcome.Result.Transport, outcome.Result.Attempts)));
        Assert.All(outcomes[14..], outcome => Assert.Equal((null, "Token"), (outcome.Error?.ErrorId, outcome.Result.Transport)));
    }

    [Fact]
    public async Task CaThatIsBusyForATime_GetsTheTokenAgain()
    {
        await using var ca = await DevTestCa.StartAsync(new());
        var pairs = await IssueManyAsync(ca, 12);
        Clock = new TestClock(speed: 20);
        ca.Server.Faults.AddForTokens(before => before < 4 ? new StatusFault(503) : null);
        var results = await RenewedAsync(ca, [.. pairs.Select(pair => Request(ca, pair) with { RetryTimeout = TimeSpan.FromMinutes(5) })]);
        Assert.Equal(4, CountByToken(results));
    }

    // A CA that restarts during a call refuses connections for a moment. That says nothing about its tokens.
    [Fact]
    public async Task CaThatIsAwayForAMoment_DoesNotEndTokens()
    {
        await using var ca = await DevTestCa.StartAsync(new());
        var pairs = await IssueManyAsync(ca, 30);
        Clock = new TestClock(speed: 20);
        ca.Server.Faults.AddForTokens(before =>
        {
            if (before >= 4)
                return null;
            ca.Server.Faults.Add(new RefuseFault());
            return new DropFault(AfterIssuing: false);
        });
        var results = await RenewedAsync(ca, [.. pairs.Select(pair => Request(ca, pair) with { RetryTimeout = TimeSpan.FromMinutes(5) })], workers: 1);
        Assert.Equal(18, CountByToken(results));
        Assert.Equal(0, Log.Count(Event.NoMoreTokens));
    }

    private async Task EndsTokensAsync(ITestCa ca, string url)
    {
        var pairs = await IssueManyAsync(ca, 40);
        var results = await RenewedAsync(ca, [.. pairs.Select(pair => Request(ca, pair) with { Ca = new() { CaUrl = url, RootPath = ca.RootPath } })], workers: 4);
        Assert.Equal(0, CountByToken(results));
        Assert.InRange(results.Count(result => result.Attempts == 2), 3, 3 + 4);
        Assert.Equal(1, Log.Count(Event.NoMoreTokens));
    }
}
