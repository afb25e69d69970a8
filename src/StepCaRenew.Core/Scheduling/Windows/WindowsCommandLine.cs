using System.Text;

namespace StepCaRenew.Scheduling.Windows;

/// <summary>
/// Joins arguments to a command line of Windows, by the rules of CommandLineToArgvW and the C runtime: backslashes are plain
/// unless a quotation mark follows them; then two mean one.
/// </summary>
internal static class WindowsCommandLine
{
    /// <summary>Joins arguments, without the program.</summary>
    public static string Join(IEnumerable<string> arguments) => string.Join(' ', arguments.Select(Quote));

    private static string Quote(string argument)
    {
        if (argument.Length > 0 && !argument.Any(one => one == '"' || char.IsWhiteSpace(one)))
            return argument;
        var quoted = new StringBuilder("\"");
        var backslashes = 0;
        foreach (var one in argument)
        {
            // Double the backslashes before a quotation mark, and escape the mark with one more.
            if (one == '"')
                quoted.Append('\\', backslashes + 1);
            backslashes = one == '\\' ? backslashes + 1 : 0;
            quoted.Append(one);
        }

        return quoted.Append('\\', backslashes).Append('"').ToString();
    }
}
