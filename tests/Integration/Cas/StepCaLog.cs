using System.Text.RegularExpressions;

namespace StepCaRenew.Integration.Cas;

/// <summary>Counts requests in step-ca's log, where each has a line before its answer is complete.</summary>
internal static partial class StepCaLog
{
    public static int Count(string log, string path, int? status = null)
    {
        using var reader = new StreamReader(new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Split('\n').Count(line => RequestPath().Match(line).Groups["path"].Value == path && (status is null || line.Contains($"status={status}", StringComparison.Ordinal)));
    }

    [GeneratedRegex("""\bpath="?(?:/1\.0)?(?<path>/[^\s?"]*)""")]
    private static partial Regex RequestPath();
}
