using StepCaRenew.Renewals;
using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Scheduling.Systemd;

/// <summary>The timer of a renewal.</summary>
internal static class TimerUnit
{
    // The run after the start of the machine makes up for what was missed while it was off. Persistent would start every
    // renewal a second time, and all of them in the same second. Without AccuracySec, systemd would move the run by up to a minute to save wake-ups; and a random delay is not
    // needed, since the phase spreads the machines already.
    public static string Render(ScheduledRun run) => $"""
        {FileMark.Of(run.Name)}[Unit]
        Description={UnitQuoting.Description(run.Description)}

        [Timer]
        OnCalendar={OnCalendar.Of(run.Interval, run.Phase)}
        {AtStart(run)}={StartDelay.Of(run).TotalSeconds:0}s
        Persistent=false
        AccuracySec=1s
        Unit={UnitName.Service(run.Name)}

        [Install]
        WantedBy=timers.target

        """;

    // A user's manager may start long after the machine did.
    private static string AtStart(ScheduledRun run) => run.Scope == RenewalScope.Machine ? "OnBootSec" : "OnStartupSec";
}
