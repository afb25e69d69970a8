using System.Text;
using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Scheduling.Cron;

/// <summary>Lines of the user's crontab, for a renewal of the user.</summary>
internal sealed class CrontabPlace(LinuxPaths paths, string name, TimeProvider clock) : ICronPlace
{
    private readonly UserCrontab crontab = new(paths, clock);
    private readonly CrontabBlock block = new(name);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>?> ReadAsync(CancellationToken cancellationToken) =>
        block.Find(await crontab.ReadAsync(cancellationToken).ConfigureAwait(false))?.Select(UserCrontab.Decode).ToList();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> DifferencesAsync(ScheduledRun run, CancellationToken cancellationToken)
    {
        var (expected, found) = (block.Render(run), await ReadAsync(cancellationToken).ConfigureAwait(false) ?? []);
        return
        [
            .. LineDifferences.Between("crontab", expected, found),
            .. new[] { expected[0], expected[^1] }.Except(found).Select(marker => $"crontab: the comment '{marker}' is missing."),
        ];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, string>> VariablesAsync(CancellationToken cancellationToken) =>
        CronVariables.Parse((await crontab.ReadAsync(cancellationToken).ConfigureAwait(false)).Split('\n').Select(UserCrontab.Decode));

    /// <inheritdoc/>
    public async Task WriteAsync(ScheduledRun run, CancellationToken cancellationToken) =>
        await ReplaceAsync(block.Render(run).Select(UserCrontab.Encode).ToArray(), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public Task DeleteAsync(CancellationToken cancellationToken) => ReplaceAsync([], cancellationToken);

    private async Task ReplaceAsync(string[] lines, CancellationToken cancellationToken)
    {
        var former = await crontab.ReadAsync(cancellationToken).ConfigureAwait(false);
        await crontab.WriteAsync(block.Replace(former, lines), cancellationToken).ConfigureAwait(false);
    }
}

/// <summary>The crontab of the user, read and written by crontab(1), which alone has permission to.</summary>
internal sealed class UserCrontab(LinuxPaths paths, TimeProvider clock)
{
    // Debian's crontab reports a missing crontab only by its message, so the message must not be translated.
    private readonly LinuxTool crontab = new(paths.Crontab, clock) { Variables = new Dictionary<string, string> { ["LC_ALL"] = "C" } };

    /// <summary>The text of the crontab, with one character for each byte; empty if the user has no crontab.</summary>
    /// <exception cref="RenewalException">The crontab cannot be read; then it must not be written either.</exception>
    public async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        var result = await crontab.RunAsync(["-l"], cancellationToken).ConfigureAwait(false);
        if (result.ExitCode == 0)
            return Encoding.Latin1.GetString(result.Output);
        return result.Output.Length == 0 && result.Errors.Contains("no crontab for", StringComparison.OrdinalIgnoreCase) ? string.Empty : throw Failed(result);
    }

    /// <summary>Replaces the text of the crontab.</summary>
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

/// <summary>The lines of one renewal in the crontab of a user. All other lines stay as they are.</summary>
/// <remarks>Works on text with one character for each byte of the crontab, so that bytes which are not UTF-8 stay the same.</remarks>
internal sealed class CrontabBlock(string name)
{
    private readonly string begin = $"# StepCaRenew: begin '{name}'. Register-StepRenewalTask overwrites the lines up to the end.";
    // At the end of every line, to recognise it even without the markers; to sh it is a comment.
    private readonly string tag = $" # StepCaRenew '{name}'";
    private readonly string end = $"# StepCaRenew: end '{name}'.";

    /// <summary>The lines with their markers; null if there are none.</summary>
    public IReadOnlyList<string>? Find(string crontab) => Remove(Lines(crontab)).Block is { Count: > 0 } block ? block : null;

    /// <summary>The lines as they should be.</summary>
    public string[] Render(ScheduledRun run) => [begin, .. CronCommand.Lines(run, string.Empty, CronCommand.RenderWithVariables(run) + tag), end];

    /// <summary>The crontab with the given lines in place of the block, or at the end; no lines remove the block.</summary>
    public string Replace(string crontab, string[] wanted)
    {
        var lines = Lines(crontab);
        var (block, start) = Remove(lines);
        // Lines that the user added between the markers stay.
        lines.InsertRange(start, [.. wanted, .. block.Where(line => !IsOurs(line))]);
        // Our lines must not be joined to a last line without a line end; else that stays without one.
        return string.Join('\n', lines) + (lines.Count > 0 && (wanted.Length > 0 || crontab.EndsWith('\n')) ? "\n" : string.Empty);
    }

    // There can be a second block, if the user copied the lines.
    private (List<string> Block, int Start) Remove(List<string> lines)
    {
        var (block, first) = (new List<string>(), lines.Count);
        for (var range = Range(lines); range.Count > 0; range = Range(lines))
        {
            block.AddRange(lines.GetRange(range.Start, range.Count));
            lines.RemoveRange(range.Start, range.Count);
            first = Math.Min(first, range.Start);
        }

        return (block, Math.Min(first, lines.Count));
    }

    // If one marker has been deleted, the lines of the block are recognised by their command.
    private (int Start, int Count) Range(List<string> lines)
    {
        var (first, last) = (lines.IndexOf(begin), lines.IndexOf(end));
        if (first < 0 && last < 0)
            return (lines.Count, 0);
        if (first >= 0 && last > first)
            return (first, last - first + 1);
        var (from, to) = first >= 0 ? (first, first) : (last, last);
        while (first >= 0 && to + 1 < lines.Count && IsRun(lines[to + 1]))
            to++;
        while (first < 0 && from > 0 && IsRun(lines[from - 1]))
            from--;
        return (from, to - from + 1);
    }

    private bool IsOurs(string line) => line == begin || line == end || IsRun(line);

    private bool IsRun(string line) => line.Contains(tag, StringComparison.Ordinal) ||
        (line.Contains("Invoke-StepRenewal -Name ", StringComparison.Ordinal) && line.Contains($"'{name}'", StringComparison.Ordinal));

    private static List<string> Lines(string crontab)
    {
        var lines = crontab.Split('\n').ToList();
        if (lines[^1].Length == 0)
            lines.RemoveAt(lines.Count - 1);
        return lines;
    }
}
