namespace StepCaRenew.Scheduling.Systemd;

/// <summary>How a unit file differs from what it should be; order of keys and comments do not count.</summary>
internal static class UnitDifferences
{
    /// <summary>A sentence for each difference.</summary>
    public static IEnumerable<string> Between(string unit, string expected, string found)
    {
        var (wanted, there) = (ByKey(expected), ByKey(found));
        foreach (var (key, values) in wanted)
        {
            if (!there.TryGetValue(key, out var others))
                yield return $"{unit}: {key.Key}={string.Join(", ", values)} is missing in [{key.Section}].";
            else if (!values.SequenceEqual(others))
                yield return $"{unit}: {key.Key} is {Quoted(others)} instead of {Quoted(values)}.";
        }

        foreach (var (key, values) in there.Where(entry => !wanted.ContainsKey(entry.Key)))
            yield return $"{unit}: {key.Key}={string.Join(", ", values)} in [{key.Section}] should not be there.";
    }

    private static Dictionary<(string Section, string Key), string[]> ByKey(string text) => UnitFile.Parse(text)
        .GroupBy(entry => (entry.Section, entry.Key))
        .ToDictionary(group => group.Key, group => group.Select(entry => entry.Value).ToArray());

    private static string Quoted(string[] values) => string.Join(", ", values.Select(value => $"'{value}'"));
}
