using StepCaRenew.DevCa;
using StepCaRenew.DevCa.Faults;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Registration;

namespace StepCaRenew.Integration.Engine;

/// <summary>Clocks that differ: a success where both sides may be content, else one clear error that speaks of clocks.</summary>
public sealed class ClockTests : EngineTest
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    // The certificate of the server is valid for a day, so an hour's difference does not matter for it, nor for those of the client.
    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task OurClockIsAnHourFast_IsRenewed(CaKind kind)
    {
        var ca = await CaAsync(kind);
        Clock = new TestClock(Hour);
        await RenewedAsync(Request(ca, await IssueAsync(ca)));
    }

    // By our clock the certificate has expired, so we send a token; it is from the CA's future, and refused.
    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task OurClockIsAnHourFast_ShortLivedCertificate_TheTokenIsRefused(CaKind kind)
    {
        var ca = await CaAsync(kind, RenewsExpired);
        var pair = await IssueAsync(ca, lifetime: TimeSpan.FromMinutes(10));
        Clock = new TestClock(Hour);
        var (_, error) = await FailsAsync(ErrorId.TokenRefused, Request(ca, pair));
        Assert.Contains("clock", error.Remedy, StringComparison.Ordinal);
    }

    // The server's certificate is of the last hour: it isn't valid yet, and a client that trusted it would trust anything.
    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task WeAreAnHourBehind_TheServerIsNotYetValid(CaKind kind) => await UntrustedAsync(kind, -Hour);

    // Not even the root is valid yet.
    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task WeAreAYearBehind_TheServerIsNotYetValid(CaKind kind) => await UntrustedAsync(kind, -Year);

    // The server's certificate has expired by our clock, and ours has as well: the server is looked at first.
    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task OurClockIsAYearFast_TheServerHasExpired(CaKind kind) => await UntrustedAsync(kind, Year);

    // The new certificate begins in an hour by our clock: no TLS client of this machine would take it.
    [Fact]
    public async Task TheClockOfTheCaIsAnHourFast_ItsAnswerIsThrownAway()
    {
        await using var ca = await OwnCa.StartAsync(new() { TimeProvider = new TestClock(Hour) });
        var (_, error) = await FailsAsync(ErrorId.AnswerNotValidNow, ca.Request(ca.Issue(Folder, DateTimeOffset.Now)));
        Assert.Contains("clock", error.Remedy, StringComparison.Ordinal);
    }

    // A difference up to a minute is ignored: two machines never show the same second.
    [Fact]
    public async Task TheClockOfTheCaIsSomeSecondsFast_IsRenewed()
    {
        await using var ca = await OwnCa.StartAsync(new() { TimeProvider = new TestClock(TimeSpan.FromSeconds(45)), Backdate = TimeSpan.Zero });
        await RenewedAsync(ca.Request(ca.Issue(Folder, DateTimeOffset.Now)));
    }

    // The new certificate of a CA that is behind began earlier and ends earlier, but is valid now and ends after the old one.
    [Fact]
    public async Task TheCaIsAnHourBehind_AnOldCertificateIsRenewed()
    {
        await using var ca = await OwnCa.StartAsync(new() { TimeProvider = new TestClock(-Hour) });
        await RenewedAsync(ca.Request(ca.Issue(Folder, DateTimeOffset.Now.AddHours(-20))));
    }

    // The CA finds the present certificate not yet valid, by whose clock it was made, and refuses it in the handshake.
    [Fact]
    public async Task TheCaIsAnHourBehind_AFreshCertificateIsRefused()
    {
        await using var ca = await OwnCa.StartAsync(new() { TimeProvider = new TestClock(-Hour) });
        var (_, error) = await FailsAsync(ErrorId.ClientCertificateRefused, ca.Request(ca.Issue(Folder, DateTimeOffset.Now.AddMinutes(-2))));
        Assert.Contains("clock", error.Remedy, StringComparison.Ordinal);
    }

    // Four minutes behind, each new certificate is not valid yet. The first one is wasted; then the CA is asked for its time.
    [Fact]
    public async Task WeAreMinutesBehind_OneCertificateIsWasted_AndNoMore()
    {
        await using var ca = await OwnCa.StartAsync(new());
        using var registered = Registered(ca);
        var slow = new TestClock(TimeSpan.FromMinutes(-4));

        Assert.Equal(ErrorId.AnswerNotValidNow, (await registered.RunAsync(slow, Log)).Error?.ErrorId);
        Assert.InRange(registered.State.ClockDifference!.Value, TimeSpan.FromSeconds(237), TimeSpan.FromSeconds(243));
        Assert.InRange(registered.State.ClockLimit!.Value, TimeSpan.FromSeconds(115), TimeSpan.FromSeconds(125));
        Assert.Matches("clock is (4m|3m 5[0-9]s) behind the clock of the CA", Log.Events.Single(one => one.Id == Event.ClockDiffers).Message);

        for (var run = 0; run < 2; run++)
        {
            var outcome = await registered.RunAsync(slow, Log);
            Assert.Equal(ErrorId.ClockBehind, outcome.Error?.ErrorId);
            Assert.Equal(0, outcome.Result!.Attempts);
        }

        Assert.Equal(1, ca.Server.Requests.Count("/renew"));

        // Better, but not good enough.
        Assert.Equal(ErrorId.ClockBehind, (await registered.RunAsync(new TestClock(TimeSpan.FromSeconds(-135)), Log)).Error?.ErrorId);
        Assert.Equal(1, ca.Server.Requests.Count("/renew"));

        // Good enough, by what the CA backdates.
        Assert.Null((await registered.RunAsync(new TestClock(TimeSpan.FromSeconds(-100)), Log)).Error);
        Assert.Null(registered.State.ClockLimit);
        Assert.Null((await registered.RunAsync(TimeProvider.System, Log)).Error);
        Assert.Equal(3, ca.Server.Requests.Count("/renew"));
        Assert.Equal(4, ca.Server.Requests.Count("/health"));
        Assert.InRange(registered.State.ClockDifference!.Value, TimeSpan.FromSeconds(-3), TimeSpan.FromSeconds(3));
    }

    // A health check that something before the CA does not let through decides nothing.
    [Fact]
    public async Task WeWereBehind_AndTheHealthCheckIsRefused_TheCertificateIsAskedFor()
    {
        await using var ca = await OwnCa.StartAsync(new());
        using var registered = Registered(ca);
        await registered.RunAsync(new TestClock(TimeSpan.FromMinutes(-4)), Log);
        ca.Server.Faults.Add("/health", new StatusFault(404));
        Assert.Null((await registered.RunAsync(TimeProvider.System, Log)).Error);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(55, 0)]
    [InlineData(-55, 0)]
    [InlineData(75, 1)]
    [InlineData(-75, 1)]
    public async Task DifferenceOfMoreThanAMinute_IsWarnedOf(int seconds, int warnings)
    {
        await using var ca = await OwnCa.StartAsync(new());
        Clock = new TestClock(TimeSpan.FromSeconds(seconds));
        await RenewedAsync(ca.Request(ca.Issue(Folder, DateTimeOffset.Now.AddMinutes(-1))));
        Assert.Equal(warnings, Log.Count(Event.ClockDiffers));
    }

    private RegisteredScene Registered(OwnCa ca)
    {
        var (certificate, key) = ca.Issue(Folder, DateTimeOffset.Now.AddHours(-1));
        return new RegisteredScene(new RenewalDefinition { Name = "web", CertificatePath = certificate, KeyPath = key, Ca = new() { StepPath = ca.StepPath } });
    }

    private async Task UntrustedAsync(CaKind kind, TimeSpan offset)
    {
        var ca = await CaAsync(kind);
        var pair = await IssueAsync(ca);
        Clock = new TestClock(offset);
        var (result, error) = await FailsAsync(ErrorId.CaUntrusted, Request(ca, pair) with { RetryTimeout = TimeSpan.FromMinutes(5) });
        Assert.Equal(1, result.Attempts);
        Assert.Contains("by this machine's clock its certificate is not valid now", error.Message, StringComparison.Ordinal);
        Assert.Contains("clock", error.Remedy, StringComparison.Ordinal);
    }
}
