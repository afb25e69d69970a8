using System.Text;

namespace StepCaRenew.Scheduling.Systemd;

/// <summary>Reads unit files (systemd.syntax(7)).</summary>
internal static class UnitFile
{
    /// <summary>The entries in their order, without comments; any other line is an entry without a value.</summary>
    public static IReadOnlyList<UnitEntry> Parse(string text)
    {
        var (section, entries) = (string.Empty, new List<UnitEntry>());
        foreach (var line in Lines(text))
        {
            if (line is ['[', .. var name, ']'])
                section = name;
            else if (line.IndexOf('=', StringComparison.Ordinal) is >= 0 and var at)
                entries.Add(new(section, line[..at].TrimEnd(), line[(at + 1)..].TrimStart()));
            else
                entries.Add(new(section, line, string.Empty));
        }

        return entries;
    }

    // A line that ends with a backslash continues in the next one; comments in between are skipped.
    private static IEnumerable<string> Lines(string text)
    {
        var line = new StringBuilder();
        foreach (var raw in text.Split('\n'))
        {
            var part = raw.Trim();
            if (part is ['#' or ';', ..] || (part.Length == 0 && line.Length == 0))
                continue;
            line.Append(part.EndsWith('\\') ? part[..^1] + " " : part);
            if (part.EndsWith('\\'))
                continue;
            yield return line.ToString();
            line.Clear();
        }

        if (line.Length > 0)
            yield return line.ToString().TrimEnd();
    }
}
