using System.Text;
using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Scheduling.Cron;

/// <summary>The user's crontab, by the program that may read and write it.</summary>
/// <param name="paths">Where things lie.</param>
/// <param name="clock">The clock.</param>
internal sealed class UserCrontab(LinuxPaths paths, TimeProvider clock)
{
    // Debian's crontab tells of a missing crontab in words only.
    private readonly LinuxTool crontab = new(paths.Crontab, clock) { Variables = new Dictionary<string, string> { ["LC_ALL"] = "C" } };

    /// <summary>Its text, in which one character is one byte; empty where the user has none.</summary>
    /// <exception cref="RenewalException">It can't be read: then it must not be written either.</exception>
    public async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        var result = await crontab.RunAsync(["-l"], cancellationToken).ConfigureAwait(false);
        if (result.ExitCode == 0)
            return Encoding.Latin1.GetString(result.Output);
        return result.Output.Length == 0 && result.Errors.Contains("no crontab for", StringComparison.OrdinalIgnoreCase) ? string.Empty : throw Failed(result);
    }

    /// <summary>Puts another text in its place.</summary>
    /// <exception cref="RenewalException">crontab refuses it; the old one stands.</exception>
    public async Task WriteAsync(string text, CancellationToken cancellationToken)
    {
        // Reading nothing, crontab would keep a crontab without lines; one that is removed is none.
        var result = text.Length == 0
            ? await crontab.RunAsync(["-r"], cancellationToken).ConfigureAwait(false)
            : await crontab.RunAsync(["-"], cancellationToken, Encoding.Latin1.GetBytes(text)).ConfigureAwait(false);
        if (result.ExitCode != 0)
            throw Failed(result);
    }

    /// <summary>A text of ours as one of the crontab's.</summary>
    public static string Encode(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>A text of the crontab as a person reads it.</summary>
    public static string Decode(string text) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(text));

    private static RenewalException Failed(ToolResult result) =>
        SchedulerErrors.Failed($"crontab failed with exit code {result.ExitCode}. {result.LastWords}".TrimEnd(), "Try 'crontab -l' as the same user. The crontab stands as it was.");
}
