using System.Globalization;
using System.Text;

namespace StepCaRenew.Scheduling.Systemd;

/// <summary>Quotes words of a unit file (systemd.syntax(7), systemd.service(5)).</summary>
internal static class UnitQuoting
{
    /// <summary>A command line for ExecStart.</summary>
    /// <exception cref="RenewalException">systemd cannot run a program with this path.</exception>
    public static string Command(RunCommand command)
    {
        // With one of these in the path of a program, quoted or not, systemd refuses the unit.
        if (command.Program.Any(one => one is '\'' or '"' or '\\' || char.IsControl(one)))
            throw new RenewalException(
                ErrorId.ModulePathInvalid, $"systemd cannot run a program with a quotation mark, a backslash or a control character in its path: '{command.Program}'.", "Install pwsh in a folder without these characters.");
        return string.Join(' ', command.Arguments.Select(argument => Quote(argument, isArgument: true)).Prepend(Word(command.Program)));
    }

    /// <summary>Quotes a word in which <c>%</c> begins a specifier and <c>$</c> has no meaning: the program, or the assignment of a variable.</summary>
    public static string Word(string text) => Quote(text, isArgument: false);

    /// <summary>Quotes a path in a list of paths, which cannot have escaped control characters.</summary>
    /// <exception cref="RenewalException">The path has a control character.</exception>
    public static string FolderWord(string path)
    {
        if (path.Any(char.IsControl))
            throw new RenewalException(ErrorId.ModulePathInvalid, $"The folder '{path}' cannot be used in a unit: its name has a control character.", "Rename the folder.");
        // "-": for a missing folder the run gives a better error than systemd's "226/NAMESPACE".
        return Quote($"-{path}", isArgument: false);
    }

    /// <summary>A description without its full stop, since systemd adds one in the journal.</summary>
    public static string Description(string text) => text.TrimEnd('.').Replace("%", "%%", StringComparison.Ordinal);

    private static string Quote(string text, bool isArgument)
    {
        var quoted = new StringBuilder();
        var isPlain = text.Length > 0;
        foreach (var one in text)
        {
            isPlain &= char.IsAsciiLetterOrDigit(one) || one is '/' or '-' or '.' or '_' or '=' or '%' or '$';
            _ = one switch
            {
                '%' => quoted.Append("%%"),
                '$' when isArgument => quoted.Append("$$"),
                '\\' or '"' => quoted.Append('\\').Append(one),
                _ when char.IsControl(one) => Escape(quoted, one),
                _ => quoted.Append(one),
            };
        }

        return isPlain ? quoted.ToString() : $"\"{quoted}\"";
    }

    private static StringBuilder Escape(StringBuilder quoted, char control)
    {
        foreach (var one in Encoding.UTF8.GetBytes([control]))
            quoted.Append(CultureInfo.InvariantCulture, $"\\x{one:x2}");
        return quoted;
    }
}
