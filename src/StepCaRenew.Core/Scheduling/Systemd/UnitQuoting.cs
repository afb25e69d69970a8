using System.Globalization;
using System.Text;

namespace StepCaRenew.Scheduling.Systemd;

/// <summary>Words of a unit file, quoted so that systemd reads exactly what was meant (systemd.syntax(7), systemd.service(5)).</summary>
internal static class UnitQuoting
{
    /// <summary>A command line for ExecStart.</summary>
    /// <exception cref="RenewalException">systemd takes no such program.</exception>
    public static string Command(RunCommand command)
    {
        // systemd refuses the whole unit for these in the path of a program, however they are quoted.
        if (command.Program.Any(one => one is '\'' or '"' or '\\' || char.IsControl(one)))
            throw new RenewalException(
                ErrorId.ModulePathInvalid, $"systemd runs no program with a quotation mark, a backslash or a control character in its path: '{command.Program}'.", "Install pwsh in a folder without these characters.");
        return string.Join(' ', command.Arguments.Select(argument => Quote(argument, isArgument: true)).Prepend(Word(command.Program)));
    }

    /// <summary>A word in which <c>%</c> begins a specifier, but <c>$</c> means nothing: the program itself, a variable's assignment.</summary>
    public static string Word(string text) => Quote(text, isArgument: false);

    /// <summary>A path for a list of paths; those know no escaped control characters.</summary>
    /// <exception cref="RenewalException">A control character is in it.</exception>
    public static string FolderWord(string path)
    {
        if (path.Any(char.IsControl))
            throw new RenewalException(ErrorId.ModulePathInvalid, $"The folder '{path}' can't stand in a unit: it holds a control character.", "Rename the folder.");
        // A folder that has gone is the run's own error, which says more than "226/NAMESPACE".
        return Quote($"-{path}", isArgument: false);
    }

    /// <summary>A description, without a full stop at its end: systemd adds one of its own to every line of the journal.</summary>
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
