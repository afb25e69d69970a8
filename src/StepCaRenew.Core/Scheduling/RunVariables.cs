namespace StepCaRenew.Scheduling;

/// <summary>The environment that a scheduled run gets from its schedule.</summary>
internal static class RunVariables
{
    public static IEnumerable<(string Name, string Value)> ForRun(ScheduledRun run)
    {
        if (run.Home is { } home)
            yield return ("STEPCARENEW_HOME", home);
        // A scheduled run neither sends telemetry nor looks for updates of PowerShell.
        yield return ("POWERSHELL_TELEMETRY_OPTOUT", "1");
        yield return ("POWERSHELL_UPDATECHECK", "Off");
    }
}
