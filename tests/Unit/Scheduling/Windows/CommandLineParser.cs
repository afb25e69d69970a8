using System.Text;

namespace StepCaRenew.Unit.Scheduling.Windows;

/// <summary>
/// Parses a command line as Microsoft documents it ("Parsing C command-line arguments"), independently of the code that
/// joins it. The program is not part of it.
/// </summary>
internal static class CommandLineParser
{
    public static string[] Parse(string line)
    {
        var arguments = new List<string>();
        var at = 0;
        while (true)
        {
            // "Arguments are delimited by white space, which is either a space or a tab."
            while (at < line.Length && line[at] is ' ' or '\t')
                at++;
            if (at == line.Length)
                return [.. arguments];
            arguments.Add(One(line, ref at));
        }
    }

    private static string One(string line, ref int at)
    {
        var argument = new StringBuilder();
        var isQuoted = false;
        while (at < line.Length && (isQuoted || line[at] is not (' ' or '\t')))
        {
            var backslashes = 0;
            while (at < line.Length && line[at] == '\\')
            {
                backslashes++;
                at++;
            }

            if (at == line.Length || line[at] != '"')
            {
                // "Backslashes are interpreted literally, unless they immediately precede a double quotation mark."
                argument.Append('\\', backslashes);
                if (at < line.Length && (isQuoted || line[at] is not (' ' or '\t')))
                    argument.Append(line[at++]);
                continue;
            }

            // "If an even number of backslashes is followed by a double quotation mark, one backslash is placed for every
            // pair, and the mark is a delimiter. If an odd number, ... the mark is a literal."
            argument.Append('\\', backslashes / 2);
            at++;
            if (backslashes % 2 == 1)
                argument.Append('"');
            else if (isQuoted && at < line.Length && line[at] == '"')
                argument.Append(line[at++]); // "Within a quoted string, a pair of marks is a single escaped one."
            else
                isQuoted = !isQuoted;
        }

        return argument.ToString();
    }
}
