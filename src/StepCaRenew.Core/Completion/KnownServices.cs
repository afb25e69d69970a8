using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Win32;
using StepCaRenew.Processes;

namespace StepCaRenew.Completion;

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
