namespace StepCaRenew.Scheduling.Cron;

/// <summary>
/// The file name of a renewal in cron's folder. Debian's cron ignores names with anything but letters, digits, <c>_</c> and
/// <c>-</c>; so a dot becomes <c>_2e</c>, and an underscore <c>_5f</c>, so that no two names become the same.
/// </summary>
internal static class CronName
{
    public static string ForRenewal(string renewal) =>
        "stepcarenew-" + renewal.Replace("_", "_5f", StringComparison.Ordinal).Replace(".", "_2e", StringComparison.Ordinal);
}
