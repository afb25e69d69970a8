using StepCaRenew.Accounts;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.FollowUps.Notifiers;
using StepCaRenew.Policy;
using StepCaRenew.Processes;
using StepCaRenew.Registration;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Unit.Registration;

public sealed class ScheduledRunsTests
{
    private static readonly CertificateValidity Day = new(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1), 0);
    private static readonly RenewalFolders Folders = RenewalFolders.ForScope(RenewalScope.Machine, _ => null);

    [LinuxFact]
    public void Plan_RegisteredDefinition_HasTheRegisteredPwshAndModule()
    {
        var definition = new RenewalDefinition { Name = "web", CertificatePath = "/etc/ssl/web.crt", PwshPath = "/usr/bin/pwsh", ModulePath = "/opt/Modules/StepCaRenew" };
        var command = CommandOf(definition, new RunningModule("/usr/bin/pwsh", "/opt/Modules/StepCaRenew/0.1.0"));
        foreach (var other in new[] { "/snap/powershell/current/opt/powershell/pwsh", "/root/.dotnet/tools/pwsh", "/opt/powershell-7.7.0/pwsh", null })
            Assert.Equal(command.Arguments, CommandOf(definition, new RunningModule(other, "/elsewhere/StepCaRenew/9.9.9")).Arguments);
        Assert.Equal("/usr/bin/pwsh", CommandOf(definition, new RunningModule("/root/.dotnet/tools/pwsh", "/elsewhere")).Program);
        Assert.Contains("Import-Module '/opt/Modules/StepCaRenew';", command.Arguments[^1], StringComparison.Ordinal);
    }

    [LinuxFact]
    public void Plan_HandWrittenDefinition_HasThePwshAndModuleOfThisProcess()
    {
        var definition = new RenewalDefinition { Name = "web", CertificatePath = "/etc/ssl/web.crt" };
        var command = CommandOf(definition, new RunningModule("/usr/bin/pwsh", "/opt/Modules/StepCaRenew/0.1.0"));
        Assert.Equal("/usr/bin/pwsh", command.Program);
        Assert.Contains("Import-Module '/opt/Modules/StepCaRenew';", command.Arguments[^1], StringComparison.Ordinal);
        Expect.Failure(ErrorId.PwshUnsuitable, () => CommandOf(definition, new RunningModule(null, "/opt/Modules/StepCaRenew/0.1.0")));
    }

    // New certificates are found below the folder; only a link out of it needs a folder of its own.
    [LinuxFact]
    public void Plan_FolderOfCertificates_WritesInTheFolderAndWhereLinksLead()
    {
        using var folder = new TestFolder();
        foreach (var name in new[] { "mine/sub", "elsewhere" })
            Directory.CreateDirectory(folder.At(name));
        var pair = TestAuthority.Default.Issue();
        pair.WriteTo(folder, "mine/sub/a");
        pair.WriteTo(folder, "elsewhere/b");
        File.CreateSymbolicLink(folder.At("mine/b.crt"), folder.At("elsewhere/b.crt"));
        var definition = new RenewalDefinition { Name = "all", Certificates = new() { Path = folder.At("mine"), Recurse = true } };
        var run = ScheduledRuns.Plan(Folders, definition, TaskAccount.OfMachine, TimeSpan.FromMinutes(15), new RunningModule("/usr/bin/pwsh", "/opt/Modules/StepCaRenew/0.1.0"), _ => null);
        Assert.Equal([folder.At("mine"), folder.At("elsewhere")], run.WritableFolders.Where(path => path.StartsWith(folder.Path, StringComparison.Ordinal)));
    }

    [LinuxFact]
    public void Plan_MetricsAndNotifiers_AreInTheSandbox()
    {
        var definition = new RenewalDefinition { Name = "web", CertificatePath = "/etc/ssl/web.crt", MetricsPath = "/var/lib/prometheus/node-exporter/web.prom", OnFailure = [new(WebhookAction.ToAddressIn("/tmp/chat.url"))] };
        var run = RunOf(definition);
        Assert.Contains("/var/lib/prometheus/node-exporter", run.WritableFolders);
        Assert.Equal(["/tmp/chat.url"], run.ReadFiles);
        Assert.False(run.RunsPrograms);
        Assert.True(RunOf(definition with { OnFailure = [new(new CommandAction("/usr/sbin/sendmail", []))] }).RunsPrograms);
        Assert.True(RunOf(definition with { OnFailure = [new(new ScriptAction("/root/tell.ps1"))] }).RunsPrograms);
    }

    private static ScheduledRun RunOf(RenewalDefinition definition) => ScheduledRuns.Plan(Folders, definition, TaskAccount.OfMachine, Day, new RunningModule("/usr/bin/pwsh", "/opt/Modules/StepCaRenew/0.1.0"), _ => null);

    private static RunCommand CommandOf(RenewalDefinition definition, RunningModule module) =>
        ScheduledRuns.Plan(Folders, definition, TaskAccount.OfMachine, Day, module, _ => null).Command;
}
