namespace StepCaRenew.Scheduling.Cron;

/// <summary>
/// The name of a renewal's file in cron's folder. Debian's cron passes over names with anything but letters, digits,
/// <c>_</c> and <c>-</c>; so a dot becomes <c>_2e</c>, and the underscore <c>_5f</c>, lest two names meet.
/// </summary>
internal static class CronName
{
    public static string ForRenewal(string renewal) =>
        "stepcarenew-" + renewal.Replace("_", "_5f", StringComparison.Ordinal).Replace(".", "_2e", StringComparison.Ordinal);
}
