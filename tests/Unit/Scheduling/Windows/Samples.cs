using StepCaRenew.Accounts;
using StepCaRenew.Scheduling;
using StepCaRenew.Scheduling.Windows;

namespace StepCaRenew.Unit.Scheduling.Windows;

/// <summary>A run of each kind, and their XML.</summary>
internal static class Samples
{
    public const string User = @"CORP\alice";

    public static ScheduledRun Machine { get; } = new()
    {
        Name = "web",
        Scope = RenewalScope.Machine,
        Account = TaskAccount.OfMachine,
        Interval = TimeSpan.FromMinutes(15),
        Phase = new TimeSpan(0, 7, 23),
        Command = RunCommand.ForRenewal(@"C:\Program Files\PowerShell\7\pwsh.exe", "StepCaRenew", "web"),
    };

    public static ScheduledRun Own { get; } = Machine with { Scope = RenewalScope.CurrentUser, Account = new TaskAccount.Self(User) };

    public static string Xml(ScheduledRun run) => TaskXml.Render(run, TaskPath.ForRenewal(run.Name, run.Scope, User));
}
