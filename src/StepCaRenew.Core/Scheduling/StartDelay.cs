namespace StepCaRenew.Scheduling;

/// <summary>How long after the start of the machine, or of its timers, a run starts: within two minutes, spread by the phase.</summary>
internal static class StartDelay
{
    private const int MostSeconds = 120;

    public static TimeSpan For(ScheduledRun run) => TimeSpan.FromSeconds((int)run.Phase.TotalSeconds % MostSeconds);
}
