using StepCaRenew.Accounts;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Completion;

/// <summary>Values for tab completion. There are no errors here: values that cannot be read are left out.</summary>
internal static class KnownNames
{
    /// <summary>The signals by name.</summary>
    public static IReadOnlyList<string> Signals => [.. FollowUps.Actions.Signals.Names];

    /// <summary>The intervals of a schedule, shortest first.</summary>
    public static IReadOnlyList<string> Intervals => [.. ScheduleInterval.All.Select(ScheduleInterval.Format)];

    /// <summary>The contexts of step.</summary>
    /// <param name="stepPath">The folder of step's configuration; null for the default.</param>
    /// <param name="environment">Reads an environment variable.</param>
    public static IReadOnlyList<string> Contexts(string? stepPath, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        var folder = stepPath ?? environment("STEPPATH")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".step");
        try
        {
            return StepJson.Read<IReadOnlyList<string>>(
                Path.Combine(folder, "contexts.json"), contexts => [.. contexts.EnumerateObject().Select(context => context.Name).Order(StringComparer.Ordinal)]);
        }
        catch (RenewalException)
        {
            return [];
        }
    }

    /// <summary>The accounts that a schedule can run as: the local users on Unix, the built-in service accounts on Windows.</summary>
    // Only the local file: a directory service may be slow.
    public static IReadOnlyList<string> Accounts() => OperatingSystem.IsWindows()
        ? [@"NT AUTHORITY\LOCAL SERVICE", @"NT AUTHORITY\NETWORK SERVICE", @"NT AUTHORITY\SYSTEM", AccountName.Current]
        : ReadAccounts("/etc/passwd");

    /// <summary>The names in a file such as /etc/passwd.</summary>
    internal static IReadOnlyList<string> ReadAccounts(string path)
    {
        try
        {
            return [.. File.ReadLines(path).Select(line => line.Split(':')[0].Trim()).Where(name => name.Length > 0 && name[0] is not ('#' or '+' or '-')).Distinct().Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
