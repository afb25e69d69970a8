using StepCaRenew.DevCa;
using StepCaRenew.Integration.Cas;

namespace StepCaRenew.Integration.Engine;

/// <summary>Clocks that differ: a success where both sides may be content, else one clear error that speaks of clocks.</summary>
public sealed class ClockTests : EngineTest
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    // The server's own certificate holds for a day: an hour ahead it is valid still, and so are ours, old and new.
    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task WeAreAnHourAhead_IsRenewed(CaKind kind)
    {
        var ca = await CaAsync(kind);
        Clock = new TestClock(Hour);
        await RenewedAsync(Request(ca, await IssueAsync(ca)));
    }

    // By our clock the certificate has expired, so that we send a token; it is from the CA's future, and refused.
    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task WeAreAnHourAhead_ShortLivedCertificate_TheTokenIsRefused(CaKind kind)
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
    public async Task WeAreAYearAhead_TheServerHasExpired(CaKind kind) => await UntrustedAsync(kind, Year);

    // The new certificate begins in an hour by our clock: no TLS client of this machine would take it.
    [Fact]
    public async Task TheCaIsAnHourAhead_ItsAnswerIsThrownAway()
    {
        await using var ca = await OwnCa.StartAsync(new() { TimeProvider = new TestClock(Hour) });
        var (_, error) = await FailsAsync(ErrorId.AnswerNotValidNow, ca.Request(ca.Issue(Folder, DateTimeOffset.Now)));
        Assert.Contains("clock", error.Remedy, StringComparison.Ordinal);
    }

    // A minute or less is no disagreement: two machines never show the same second.
    [Fact]
    public async Task TheCaIsSomeSecondsAhead_IsRenewed()
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

    private async Task UntrustedAsync(CaKind kind, TimeSpan offset)
    {
        var ca = await CaAsync(kind);
        var pair = await IssueAsync(ca);
        Clock = new TestClock(offset);
        var (result, error) = await FailsAsync(ErrorId.CaUntrusted, Request(ca, pair) with { RetryTimeout = TimeSpan.FromMinutes(5) });
        Assert.Equal(1, result.Attempts);
        Assert.Contains("by this machine's clock, not now", error.Message, StringComparison.Ordinal);
        Assert.Contains("clock", error.Remedy, StringComparison.Ordinal);
    }
}
