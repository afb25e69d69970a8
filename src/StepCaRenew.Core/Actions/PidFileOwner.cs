using System.Globalization;
using System.Runtime.Versioning;

namespace StepCaRenew.Actions;

/// <summary>
/// Whether a file may say which process root sends a signal to: only if it is root's, or its owner's own process. Who
/// is not root can send signals to his own processes alone, and needs no such rule.
/// </summary>
[SupportedOSPlatform("linux")]
internal static class PidFileOwner
{
    private const string OwnUser = "/proc/self/status";

    /// <summary>Why the file may not say so; null where it may.</summary>
    /// <param name="owner">Whose the file is, as its open descriptor says.</param>
    /// <param name="process">The process that it names.</param>
    public static string? FindProblem(uint? owner, int process)
    {
        if (UserOf(OwnUser) != 0)
            return null;
        // A process that has gone gets no signal; sending it says so.
        return owner is 0 || UserOf($"/proc/{process}/status") is not { } user || user == owner
            ? null
            : $"the file belongs to user {owner}, but process {process} to user {user}.";
    }

    // proc_pid_status(5): real, effective, saved and file-system user. A folder of /proc may be root's for other reasons.
    private static uint? UserOf(string status)
    {
        try
        {
            return File.ReadLines(status).FirstOrDefault(line => line.StartsWith("Uid:", StringComparison.Ordinal)) is { } line
                ? uint.Parse(line.Split('\t')[2], CultureInfo.InvariantCulture)
                : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
