namespace StepCaRenew.Scheduling.Cron;

/// <summary>The lines of one renewal within the user's crontab; all other lines are the user's, and stay as they are.</summary>
/// <remarks>Works on text in which one character is one byte of the crontab, so that nothing changes by being read.</remarks>
internal sealed class CrontabBlock(string name)
{
    private readonly string begin = $"# StepCaRenew: begin '{name}'. Register-StepRenewalTask overwrites the lines up to the end.";
    // At the end of every line, so that it is known for ours by itself; to sh it is a comment.
    private readonly string tag = $" # StepCaRenew '{name}'";
    private readonly string end = $"# StepCaRenew: end '{name}'.";

    /// <summary>The lines with their markers; null where there are none.</summary>
    public IReadOnlyList<string>? Find(string crontab) => Take(Lines(crontab)).Block is { Count: > 0 } block ? block : null;

    /// <summary>The lines as they should be.</summary>
    public string[] Render(ScheduledRun run) => [begin, .. CronCommand.Lines(run, string.Empty, CronCommand.RenderWithVariables(run) + tag), end];

    /// <summary>The crontab with these lines in the block's place, or at the end; without the block where there are none.</summary>
    public string Replace(string crontab, string[] wanted)
    {
        var lines = Lines(crontab);
        var (block, start) = Take(lines);
        // What the user put between the markers is the user's.
        lines.InsertRange(start, [.. wanted, .. block.Where(line => !IsOurs(line))]);
        // The line end after the last line is the user's as well; our lines must not run into it.
        return string.Join('\n', lines) + (lines.Count > 0 && (wanted.Length > 0 || crontab.EndsWith('\n')) ? "\n" : string.Empty);
    }

    // There may be a second one: somebody copied the lines.
    private (List<string> Block, int Start) Take(List<string> lines)
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

    // A marker may have been deleted; then what belongs to it is known by what it runs.
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
