namespace StepCaRenew.Scheduling;

/// <summary>How long after the start of the machine, or of its timers, a run comes: within two minutes, spread by the phase as all runs are.</summary>
internal static class StartDelay
{
    private const int MostSeconds = 120;

    public static TimeSpan For(ScheduledRun run) => TimeSpan.FromSeconds((int)run.Phase.TotalSeconds % MostSeconds);
}
