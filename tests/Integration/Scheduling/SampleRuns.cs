using StepCaRenew.Accounts;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Integration.Scheduling;

/// <summary>Runs that could be registered.</summary>
internal static class SampleRuns
{
    public static ScheduledRun Create(string name, RenewalScope scope = RenewalScope.Machine) => SampleRun.Create(scope) with
    {
        Name = name,
        Account = scope == RenewalScope.Machine ? TaskAccount.OfMachine : new TaskAccount.Self(LinuxUser.Current()?.Name ?? "root"),
        Command = RunCommand.ForRenewal("/usr/bin/env", "StepCaRenew", name),
    };
}
