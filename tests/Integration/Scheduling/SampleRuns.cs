using StepCaRenew.Accounts;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Integration.Scheduling;

/// <summary>Runs that could be registered.</summary>
internal static class SampleRuns
{
    public static ScheduledRun Create(string name, RenewalScope scope = RenewalScope.Machine) => new()
    {
        Name = name,
        Scope = scope,
        Account = scope == RenewalScope.Machine ? TaskAccount.OfMachine : new TaskAccount.Self(LinuxUser.Current()?.Name ?? "root"),
        Interval = TimeSpan.FromMinutes(15),
        Phase = new TimeSpan(0, 7, 23),
        Command = RunCommand.ForRenewal("/usr/bin/env", "StepCaRenew", name),
        WritableFolders = ["/etc/ssl/private", "/var/lib/stepcarenew"],
    };
}
