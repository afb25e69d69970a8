using System.Text;

namespace StepCaRenew.Scheduling.Windows;

/// <summary>
/// Arguments as the one string that Windows hands a program, by the rules of CommandLineToArgvW and the C runtime: a
/// backslash is plain unless a quotation mark follows the run of them, and then two stand for one.
/// </summary>
internal static class WindowsCommandLine
{
    /// <summary>Joins arguments; the program itself is none of them.</summary>
    public static string Join(IEnumerable<string> arguments) => string.Join(' ', arguments.Select(Quote));

    private static string Quote(string argument)
    {
        if (argument.Length > 0 && !argument.Any(one => one == '"' || char.IsWhiteSpace(one)))
            return argument;
        var quoted = new StringBuilder("\"");
        var backslashes = 0;
        foreach (var one in argument)
        {
            // Those before a quotation mark are doubled, and one more makes the mark a plain character.
            if (one == '"')
                quoted.Append('\\', backslashes + 1);
            backslashes = one == '\\' ? backslashes + 1 : 0;
            quoted.Append(one);
        }

        return quoted.Append('\\', backslashes).Append('"').ToString();
    }
}
