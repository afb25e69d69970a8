using StepCaRenew.Accounts;
using StepCaRenew.Registration;
using StepCaRenew.Scheduling;
using StepCaRenew.Text;

namespace StepCaRenew.Unit.Registration;

/// <summary>A run every 15 minutes; a run that is missing for 2 intervals and 5 minutes is missed.</summary>
public sealed class TaskHealthTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(35);

    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Details_HealthyRenewal_AreEmpty() => Assert.Empty(TaskHealth.Details(Facts()));

    [Fact]
    public void Details_ScheduleDiffers_HaveEachDifference() =>
        Assert.Equal(["There is no schedule."], TaskHealth.Details(Facts() with { Schedule = ScheduleFinding.None }));

    [Fact]
    public void Details_NeverRan_AreEmptyUntilARunIsMissed()
    {
        var never = Facts() with { State = new(), Registered = Now - Patience };
        Assert.Empty(TaskHealth.Details(never));
        var detail = Assert.Single(TaskHealth.Details(never with { Registered = Now - Patience - TimeSpan.FromSeconds(1) }));
        Assert.StartsWith("The renewal has never run since its registration at 2026-11-28 ", detail, StringComparison.Ordinal);
        Assert.EndsWith("its interval is 15m.", detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Details_RunsHaveStopped_HaveTheTimeOfTheLast()
    {
        var stopped = Facts() with { State = Succeeded(Now.AddDays(-2)) };
        Assert.StartsWith($"The renewal has not run since {MessageTime.Local(Now.AddDays(-2))}, but its interval is 15m.", Assert.Single(TaskHealth.Details(stopped)), StringComparison.Ordinal);
        // Registered again: the new schedule has its own time to begin.
        Assert.Empty(TaskHealth.Details(stopped with { Registered = Now.AddMinutes(-1) }));
        // The machine was off in the meantime.
        Assert.Empty(TaskHealth.Details(stopped with { Awake = Patience }));
        Assert.Single(TaskHealth.Details(stopped with { Awake = Patience + TimeSpan.FromSeconds(1) }));
    }

    [Fact]
    public void Details_LastRunFailed_HaveItsTimeAndError()
    {
        var state = Succeeded(Now.AddMinutes(-30)).After(new(Result(ErrorId.CaUnreachable, "The CA refused the connection."), null), Now.AddMinutes(-15));
        Assert.Equal(
            $"The last run failed at {MessageTime.Local(Now.AddMinutes(-15))} (CaUnreachable): The CA refused the connection.",
            Assert.Single(TaskHealth.Details(Facts() with { State = state })));
        Assert.Empty(TaskHealth.Details(Facts() with { State = state.After(new(Result(), null), Now) }));
    }

    [Fact]
    public void Details_ActionsPendingForLong_HaveTheTime()
    {
        var pending = Succeeded(Now) with { ActionsPending = true, ActionsPendingSince = Now - Patience };
        Assert.Empty(TaskHealth.Details(Facts() with { State = pending }));
        pending = pending with { ActionsPendingSince = Now - Patience - TimeSpan.FromSeconds(1) };
        Assert.StartsWith("Follow-ups have been pending since 2026-11-28 ", Assert.Single(TaskHealth.Details(Facts() with { State = pending })), StringComparison.Ordinal);
    }

    [Fact]
    public void Details_PwshIsMissing_NameIt()
    {
        var gone = folder.At("gone/pwsh");
        Assert.Contains($"'{gone}'", Assert.Single(TaskHealth.Details(Facts(pwsh: gone))), StringComparison.Ordinal);
    }

    [Fact]
    public void Details_ModuleIsMissing_NameIt()
    {
        var facts = Facts();
        Directory.Delete(folder.At("Modules"), recursive: true);
        Assert.Contains($"The module of the schedule does not exist: '{folder.At("Modules/StepCaRenew")}'", Assert.Single(TaskHealth.Details(facts)), StringComparison.Ordinal);
    }

    [Fact]
    public void Details_ScheduleWithAnotherFolder_SayThatEveryRunFails()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not use XDG_CONFIG_HOME.");
        var facts = Facts() with { HomeOfRun = "/home/alice" };
        Assert.Empty(TaskHealth.Details(facts));
        // The shell in which it was registered had XDG_CONFIG_HOME.
        facts = facts with { Folders = RenewalFolders.ForUser("/home/alice", name => name == "XDG_CONFIG_HOME" ? "/srv/config" : null) };
        var detail = Assert.Single(TaskHealth.Details(facts));
        Assert.Contains("'/srv/config/stepcarenew/renewals'", detail, StringComparison.Ordinal);
        Assert.Contains("'/home/alice/.config/stepcarenew/renewals'", detail, StringComparison.Ordinal);
        Assert.Contains($"exit code {RunExitCode.ConfigurationRefused}", detail, StringComparison.Ordinal);
        // The scheduler has it as well.
        var told = facts.Schedule with { Variables = new Dictionary<string, string> { ["XDG_CONFIG_HOME"] = "/srv/config" } };
        Assert.Empty(TaskHealth.Details(facts with { Schedule = told }));
        Assert.Single(TaskHealth.Details(facts with { Schedule = told, Folders = facts.Folders with { Definitions = "/home/alice/elsewhere" } }));
    }

    [Fact]
    public void Details_ExpiredCertificateOrWrongKey_AreReported()
    {
        Assert.Equal(["The certificate has expired."], TaskHealth.Details(Facts() with { CertificateStatus = CertificateStatus.Expired }));
        Assert.Equal(["They differ."], TaskHealth.Details(Facts() with { KeyProblem = "They differ." }));
        Assert.Empty(TaskHealth.Details(Facts() with { CertificateStatus = CertificateStatus.Due }));
    }

    private static RenewalState Succeeded(DateTimeOffset time) => new RenewalState().After(new(Result(), null), time);

    private static RenewalResult Result(string? errorId = null, string message = "Not due.") =>
        new() { Status = errorId is null ? RenewalStatus.NotDue : RenewalStatus.Failed, ErrorId = errorId, Message = message };

    private HealthFacts Facts(string? pwsh = null)
    {
        var module = folder.At("Modules/StepCaRenew");
        Directory.CreateDirectory(Path.Combine(module, "0.1.0"));
        folder.Write("Modules/StepCaRenew/0.1.0/StepCaRenew.psd1", "@{}");
        var command = RunCommand.ForRenewal(pwsh ?? folder.Write("pwsh", ""), module, "web.local");
        return new()
        {
            Name = "web.local",
            Now = Now,
            State = Succeeded(Now.AddMinutes(-10)),
            Registered = Now.AddDays(-7),
            Run = SampleRun.Create(RenewalScope.CurrentUser) with { Command = command },
            Schedule = new(true, "*:07/15:23", []),
            Folders = RenewalFolders.ForUser("/home/alice", _ => null),
            CertificateStatus = CertificateStatus.Valid,
        };
    }
}
