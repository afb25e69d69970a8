using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Scheduling.Systemd;

/// <summary>Writes the timer of a renewal.</summary>
internal static class TimerUnit
{
    // OnActiveSec makes up for runs that were missed while the machine was off, with one run soon after the timers start,
    // spread by the phase. Persistent would start all missed renewals in the same second; so would OnBootSec on a machine
    // that boots slowly. Without AccuracySec, systemd would delay a run by up to a minute.
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
