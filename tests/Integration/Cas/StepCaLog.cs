using System.Text.RegularExpressions;

namespace StepCaRenew.Integration.Cas;

/// <summary>Counts requests in step-ca's log, where each has a line before its answer is complete.</summary>
internal static partial class StepCaLog
{
    public static int Count(string log, string path)
    {
        using var reader = new StreamReader(new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return RequestPath().Matches(reader.ReadToEnd()).Count(match => match.Groups["path"].Value == path);
    }

    [GeneratedRegex("""\bpath="?(?:/1\.0)?(?<path>/[^\s?"]*)""")]
    private static partial Regex RequestPath();
}
