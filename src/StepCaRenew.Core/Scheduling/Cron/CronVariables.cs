using System.Text.RegularExpressions;

namespace StepCaRenew.Scheduling.Cron;

/// <summary>The variables that a crontab sets for its commands (crontab(5)).</summary>
internal static partial class CronVariables
{
    public static IReadOnlyDictionary<string, string> Parse(IEnumerable<string> lines)
    {
        var variables = new Dictionary<string, string>();
        foreach (var line in lines)
        {
            if (Setting().Match(line) is { Success: true } match)
                variables[match.Groups["name"].Value] = Unquoted(match.Groups["value"].Value.Trim());
        }

        return variables;
    }

    private static string Unquoted(string value) => value.Length > 1 && (value[0] is '"' or '\'') && value[^1] == value[0] ? value[1..^1] : value;

    [GeneratedRegex("""^\s*["']?(?<name>[A-Za-z_][A-Za-z0-9_]*)["']?\s*=(?<value>.*)$""", RegexOptions.CultureInvariant)]
    private static partial Regex Setting();
}
