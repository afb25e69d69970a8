using System.Globalization;
using System.Runtime.Versioning;

namespace StepCaRenew.FollowUps.Actions;

/// <summary>
/// Whether root trusts the process id in a file: only if root owns the file, or the owner of the file owns the process. An account
/// other than root can signal only its own processes and needs no such check.
/// </summary>
[SupportedOSPlatform("linux")]
internal static class PidFileOwner
{
    private const string OwnUser = "/proc/self/status";

    /// <summary>Why the file is not trusted; null if it is.</summary>
    /// <param name="owner">The owner of the file, from its open descriptor.</param>
    /// <param name="process">The process id in the file.</param>
    public static string? FindProblem(uint? owner, int process)
    {
        if (UserOf(OwnUser) != 0)
            return null;
        // If the process has ended, sending the signal fails and reports that.
        return owner is 0 || UserOf($"/proc/{process}/status") is not { } user || user == owner
            ? null
            : $"the file belongs to user {owner}, but process {process} to user {user}.";
    }

    // proc_pid_status(5): real, effective, saved and file-system user. The owner of the folder in /proc can be root for other reasons.
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
