using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Scheduling.Systemd;

/// <summary>The timer of a renewal.</summary>
internal static class TimerUnit
{
    // OnActiveSec makes up for what was missed while the machine was off or the timer stopped: one run, counted from the
    // start of the timers and spread by the phase. Persistent would start all missed renewals in the same second, and
    // OnBootSec all whose time has passed when a slow machine has come as far as its timers.
    // Without AccuracySec, systemd would move the run by up to a minute to save wake-ups; and a random delay is not
    // needed, since the phase spreads the machines already.
    public static string Render(ScheduledRun run) => $"""
        {FileMark.ForRenewal(run.Name)}[Unit]
        Description={UnitQuoting.Description(run.Description)}

        [Timer]
        OnCalendar={OnCalendar.Render(run.Interval, run.Phase)}
        OnActiveSec={StartDelay.For(run).TotalSeconds:0}s
        Persistent=false
        AccuracySec=1s
        Unit={UnitName.Service(run.Name)}

        [Install]
        WantedBy=timers.target

        """;
}
