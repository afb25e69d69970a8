namespace StepCaRenew.Scheduling.Cron;

/// <summary>How lines of cron differ from what they should be.</summary>
internal static class LineDifferences
{
    /// <summary>A sentence for each difference; comments and empty lines do not count.</summary>
    public static IEnumerable<string> Between(string where, IEnumerable<string> expected, IEnumerable<string> found)
    {
        var (wanted, there) = (Significant(expected), Significant(found));
        var (missing, strange) = (wanted.Except(there).ToList(), there.Except(wanted).ToList());
        foreach (var line in missing)
        {
            // The line in its place: the same variable with another value, or the command with other times.
            var instead = strange.FirstOrDefault(other => Key(other) == Key(line));
            strange.Remove(instead ?? string.Empty);
            yield return instead is null ? $"{where}: the line '{line}' is missing." : $"{where}: the line is '{instead}' instead of '{line}'.";
        }

        foreach (var line in strange)
            yield return $"{where}: the line '{line}' should not be there.";
        if (missing.Count == 0 && strange.Count == 0 && !wanted.SequenceEqual(there))
            yield return $"{where}: the order of the lines has changed, or one is there twice.";
    }

    private static List<string> Significant(IEnumerable<string> lines) => lines.Select(line => line.Trim()).Where(line => line is not ("" or ['#', ..])).ToList();

    private static string Key(string line) =>
        line.StartsWith('@') ? "at the start" : line.Split(' ')[0] is var first && first.IndexOf('=', StringComparison.Ordinal) is > 0 and var at ? first[..at] : "at its times";
}
