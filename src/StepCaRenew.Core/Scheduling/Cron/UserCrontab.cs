using System.Text;
using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Scheduling.Cron;

/// <summary>The crontab of the user, read and written by crontab(1), which alone has permission to.</summary>
internal sealed class UserCrontab(LinuxPaths paths, TimeProvider clock)
{
    // Debian's crontab reports a missing crontab only by its message, so that is not translated.
    private readonly LinuxTool crontab = new(paths.Crontab, clock) { Variables = new Dictionary<string, string> { ["LC_ALL"] = "C" } };

    /// <summary>Its text, with one character for each byte; empty if the user has no crontab.</summary>
    /// <exception cref="RenewalException">The crontab cannot be read; then it must not be written either.</exception>
    public async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        var result = await crontab.RunAsync(["-l"], cancellationToken).ConfigureAwait(false);
        if (result.ExitCode == 0)
            return Encoding.Latin1.GetString(result.Output);
        return result.Output.Length == 0 && result.Errors.Contains("no crontab for", StringComparison.OrdinalIgnoreCase) ? string.Empty : throw Failed(result);
    }

    /// <summary>Replaces its text.</summary>
    /// <exception cref="RenewalException">crontab refuses the text; the crontab is unchanged.</exception>
    public async Task WriteAsync(string text, CancellationToken cancellationToken)
    {
        // From an empty input crontab would make an empty crontab.
        var result = text.Length == 0
            ? await crontab.RunAsync(["-r"], cancellationToken).ConfigureAwait(false)
            : await crontab.RunAsync(["-"], cancellationToken, Encoding.Latin1.GetBytes(text)).ConfigureAwait(false);
        if (result.ExitCode != 0)
            throw Failed(result);
    }

    /// <summary>A normal text as text of the crontab.</summary>
    public static string Encode(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>Text of the crontab as normal text.</summary>
    public static string Decode(string text) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(text));

    private static RenewalException Failed(ToolResult result) =>
        SchedulerErrors.Failed($"crontab failed with exit code {result.ExitCode}. {result.LastWords}".TrimEnd(), "Try 'crontab -l' as the same user. The crontab is unchanged.");
}
