using System.Text;
using StepCaRenew.FollowUps;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.FollowUps.Notifiers;
using StepCaRenew.Registration;
using StepCaRenew.Renewal;

namespace StepCaRenew.Unit.Registration;

public sealed class RenewalStateTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void After_Success_KeepsTheLastErrorWithItsTime()
    {
        var failed = new RenewalState().After(new(new() { Status = RenewalStatus.Failed, ErrorId = ErrorId.CaUnreachable, Message = "It refused." }, null), Now);
        Assert.Equal((ErrorId.CaUnreachable, "It refused.", Now), (failed.LastErrorId, failed.LastErrorMessage, failed.LastErrorTime));
        var good = failed.After(new(new() { Status = RenewalStatus.NotDue, Message = "Not due." }, null), Now.AddHours(1));
        Assert.Equal((null, "It refused.", Now), (good.LastErrorId, good.LastErrorMessage, good.LastErrorTime));
    }

    [Fact]
    public void Refused_Error_IsRecordedWithItsTime()
    {
        var refused = new RenewalState().Refused(new RenewalException(ErrorId.InsecureDefinition, "Everyone can write it.", "Restrict it."), Now);
        Assert.Equal((ErrorId.InsecureDefinition, "Everyone can write it.", Now), (refused.LastErrorId, refused.LastErrorMessage, refused.LastErrorTime));
    }

    [Fact]
    public void After_ActionsStayPending_KeepsTheTime()
    {
        var pending = new RenewalResult { Status = RenewalStatus.Renewed, ActionsPending = true };
        var state = new RenewalState().After(new(pending, null), Now).After(new(pending, null), Now.AddHours(1));
        Assert.Equal(Now, state.ActionsPendingSince);
        Assert.Null(state.After(new(pending with { ActionsPending = false }, null), Now.AddHours(2)).ActionsPendingSince);
    }

    [Fact]
    public void Parse_RenderedState_IsTheSame()
    {
        var state = new RenewalState
        {
            LastAttempt = Now, LastSuccess = Now.AddHours(-1), LastRenewal = Now.AddHours(-2), LastStatus = RenewalStatus.Failed, LastErrorId = ErrorId.CaUnreachable,
            LastErrorMessage = "\"It\" refused.", LastErrorTime = Now.AddHours(-3), NextRenewal = Now.AddHours(4), ActionsPending = true, ActionsPendingSince = Now.AddHours(-5),
        };
        Assert.Equal(state, StateFormat.Parse(StateFormat.Render(state)));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{ "lastAttempt": "yesterday" }""")]
    [InlineData("""{ "actionsPending": "yes" }""")]
    [InlineData("""{ "later": [[[[[[[[[[]]]]]]]]]] }""")]
    public void Parse_DamagedState_IsNull(string text) => Assert.Null(StateFormat.Parse(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Parse_StateOfALaterVersion_IgnoresTheUnknown()
    {
        var state = StateFormat.Parse("""{ "later": { "one": [] }, "lastStatus": "Failed", "clockDifferenceSeconds": 99999999999, "lastErrorMessage": "a\u001b[1mb" }"""u8.ToArray());
        Assert.Equal(("Failed", null, "a\uFFFD[1mb"), (state!.LastStatus, state.ClockDifference, state.LastErrorMessage));
    }

    [Fact]
    public void Parse_RenderedState_HasTheServedCertificate()
    {
        var served = new ServedCertificate("0A", "CN=\"web\", O=Example", ["DNS:web.local", "IP:192.0.2.1"]);
        var read = StateFormat.Parse(StateFormat.Render(new RenewalState { Served = served }))!.Served!;
        Assert.Equal((served.SerialNumber, served.Subject), (read.SerialNumber, read.Subject));
        Assert.Equal(served.Names, read.Names);
    }

    [Fact]
    public void Parse_RenderedState_HasTheStateOfEachCertificate()
    {
        var web = new RenewalState { LastStatus = RenewalStatus.Failed, LastErrorId = ErrorId.KeyMismatch, Served = new ServedCertificate("0A", "CN=web", ["DNS:web"]), MissingSince = Now };
        var read = StateFormat.Parse(StateFormat.Render(new RenewalState { LastAttempt = Now, Certificates = new Dictionary<string, RenewalState> { ["/etc/ssl/a é.crt"] = web } }))!;
        var (path, state) = Assert.Single(read.Certificates!);
        Assert.Equal(("/etc/ssl/a é.crt", ErrorId.KeyMismatch, "CN=web", Now), (path, state.LastErrorId, state.Served!.Subject, state.MissingSince));
        Assert.Equal(["DNS:web"], state.Served.Names);
    }

    [Fact]
    public void Parse_DamagedStateOfOneCertificate_KeepsTheOthers()
    {
        var state = StateFormat.Parse("""{ "certificates": { "/a.crt": null, "/b.crt": { "lastStatus": "NotDue", "served": { "subject": "CN=b" } } } }"""u8.ToArray())!;
        Assert.Equal(("NotDue", null), (state.Certificates!["/b.crt"].LastStatus, state.Certificates["/b.crt"].Served));
        Assert.Single(state.Certificates);
    }

    [Fact]
    public void After_ActionsPending_KeepsTheServedCertificate()
    {
        var (old, served) = (new ServedCertificate("0A", "CN=web", []), new ServedCertificate("0B", "CN=web", []));
        var state = new RenewalState { Served = old };
        Assert.Equal(old, state.After(new(new() { Status = RenewalStatus.Renewed, ActionsPending = true }, null), Now).Served);
        Assert.Equal(served, state.After(new(new() { Status = RenewalStatus.Renewed }, null) { Served = served }, Now).Served);
    }

    [Fact]
    public void Render_ReportsOfSeveral_AreRead()
    {
        var notifier = new Notifier(new CommandAction("/bin/false", []));
        var failing = new RenewalState { Reported = new ReportedFailures { Since = Now, ErrorId = ErrorId.KeyMismatch }.With(notifier, [ErrorId.KeyMismatch]) };
        var read = StateFormat.Parse(StateFormat.Render(new RenewalState { Certificates = new Dictionary<string, RenewalState> { ["/web.crt"] = failing } }))!;
        Assert.Equal([ErrorId.KeyMismatch], read.StateOf("/web.crt").Reported!.By(notifier));
    }

    [Fact]
    public void AfterAll_OutcomesOfSeveral_AreKeptByPath_AndSummed()
    {
        var state = new RenewalState().AfterAll([Outcome("/a", RenewalStatus.Renewed, pending: true), Outcome("/b", RenewalStatus.Failed, ErrorId.KeyMismatch), Outcome("/c", RenewalStatus.Failed, ErrorId.KeyNotFound)], Now);
        Assert.Equal((RenewalStatus.Failed, ErrorId.KeyMismatch, null, Now), (state.LastStatus, state.LastErrorId, state.LastSuccess, state.LastRenewal));
        Assert.Equal("2 of 3 certificates have an error; the first is: KeyMismatch", state.LastErrorMessage);
        Assert.Equal((true, Now), (state.ActionsPending, state.ActionsPendingSince));
        Assert.Equal((RenewalStatus.Renewed, null, Now), (state.StateOf("/a").LastStatus, state.StateOf("/a").LastErrorId, state.StateOf("/a").ActionsPendingSince));
        Assert.Equal((ErrorId.KeyNotFound, null), (state.StateOf("/c").LastErrorId, state.StateOf("/c").LastSuccess));

        var good = state.AfterAll([Outcome("/a", RenewalStatus.NotDue), Outcome("/b", RenewalStatus.NotDue), Outcome("/c", RenewalStatus.NotDue)], Now.AddHours(1));
        Assert.Equal((RenewalStatus.NotDue, null, Now.AddHours(1), Now, false), (good.LastStatus, good.LastErrorId, good.LastSuccess, good.LastRenewal, good.ActionsPending));
    }

    // A certificate that could not be renewed weighs more than an action that failed.
    [Fact]
    public void AfterAll_FailedActionAndFailedCertificate_HasTheErrorOfTheCertificate()
    {
        var state = new RenewalState().AfterAll([Outcome("/a", RenewalStatus.NotDue, ErrorId.ActionFailed), Outcome("/b", RenewalStatus.Failed, ErrorId.KeyMismatch)], Now);
        Assert.Equal((RenewalStatus.Failed, ErrorId.KeyMismatch), (state.LastStatus, state.LastErrorId));
    }

    [Fact]
    public void AfterAll_CertificateThatIsNotThere_IsKeptForADay()
    {
        var state = new RenewalState().AfterAll([Outcome("/a", RenewalStatus.NotDue), Outcome("/b", RenewalStatus.NotDue)], Now);
        Assert.Equal(["/b"], state.FindMissing(["/a"]));
        var missing = state.AfterAll([Outcome("/a", RenewalStatus.NotDue)], Now.AddHours(1));
        Assert.Equal((Now, Now.AddHours(1)), (missing.StateOf("/b").LastAttempt, missing.StateOf("/b").MissingSince));
        Assert.Empty(missing.FindMissing(["/a"]));
        var later = missing.AfterAll([Outcome("/a", RenewalStatus.NotDue)], Now.AddHours(2));
        Assert.Equal(Now.AddHours(1), later.StateOf("/b").MissingSince);
        Assert.Null(later.AfterAll([Outcome("/a", RenewalStatus.NotDue), Outcome("/b", RenewalStatus.NotDue)], Now.AddHours(3)).StateOf("/b").MissingSince);
        Assert.Equal(["/a"], later.AfterAll([Outcome("/a", RenewalStatus.NotDue)], Now.AddHours(26)).Certificates!.Keys);
    }

    private static RenewalOutcome Outcome(string path, string status, string? errorId = null, bool pending = false) =>
        new(new() { CertificatePath = path, Status = status, ErrorId = errorId, Message = errorId ?? "Good.", ActionsPending = pending }, null);

    [Fact]
    public void Parse_StateOfAnEarlierVersion_HasNoLastError()
    {
        var state = StateFormat.Parse(Encoding.UTF8.GetBytes("""{ "lastStatus": "Failed", "lastErrorId": "CaUnreachable", "actionsPending": true }"""));
        Assert.Equal((ErrorId.CaUnreachable, null, null, null), (state!.LastErrorId, state.LastErrorMessage, state.LastErrorTime, state.ActionsPendingSince));
    }
}
