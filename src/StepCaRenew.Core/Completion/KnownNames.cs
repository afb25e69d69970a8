using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Win32;
using StepCaRenew.Accounts;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Processes;
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

/// <summary>The services of this machine, for tab completion.</summary>
internal static class KnownServices
{
    private const string Suffix = ".service";

    // A prompt that blocks for longer seems to hang.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>The names, without <c>.service</c>; empty if the system does not answer in time.</summary>
    public static IReadOnlyList<string> Names(TimeProvider clock)
    {
        if (OperatingSystem.IsWindows())
            return FromRegistry();
        return ProgramFinder.Find("systemctl") is { } systemctl ? Names(systemctl, clock) : [];
    }

    /// <summary>The names that <c>systemctl</c> lists.</summary>
    internal static IReadOnlyList<string> Names(string systemctl, TimeProvider clock)
    {
        var asking = Task.Run(() => AskAsync(systemctl, clock));
        return asking.Wait(2 * Limit) ? asking.Result : [];
    }

    /// <summary>The names in the output of <c>systemctl list-units --plain --no-legend</c>.</summary>
    internal static IReadOnlyList<string> Read(string output) =>
    [
        .. output.Split('\n')
            .Select(line => line.TrimStart().Split(' ')[0])
            .Where(unit => unit.EndsWith(Suffix, StringComparison.Ordinal))
            .Select(unit => unit[..^Suffix.Length])
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];

    private static async Task<IReadOnlyList<string>> AskAsync(string systemctl, TimeProvider clock)
    {
        var start = new ProcessStartInfo(systemctl);
        foreach (var argument in new[] { "list-units", "--type=service", "--all", "--plain", "--no-legend", "--no-pager", "--full" })
            start.ArgumentList.Add(argument);
        using var output = new MemoryStream();
        using var limit = new CancellationTokenSource(Limit, clock);
        try
        {
            var code = await RunningProgram.RunAsync(
                start, default, stream => stream.CopyToAsync(output, limit.Token), stream => stream.CopyToAsync(Stream.Null, limit.Token), clock, limit.Token).ConfigureAwait(false);
            return code == 0 ? Read(Encoding.UTF8.GetString(output.ToArray())) : [];
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            return [];
        }
    }

    // Not tested on Windows. Drivers have a smaller type.
    [SupportedOSPlatform("windows")]
    private static IReadOnlyList<string> FromRegistry()
    {
        const int OwnProcess = 0x10;
        using var services = Registry.LocalMachine.OpenSubKey(@"SYSTEM\CurrentControlSet\Services");
        return services is null ? [] :
        [
            .. services.GetSubKeyNames().Where(name =>
            {
                using var service = services.OpenSubKey(name);
                return service?.GetValue("Type") is int and >= OwnProcess;
            }),
        ];
    }
}
