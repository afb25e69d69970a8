namespace StepCaRenew.Scheduling.Cron;

/// <summary>Words of a command of sh, in a line of cron.</summary>
internal static class ShellQuoting
{
    /// <summary>Quotes a word for sh.</summary>
    public static string Quote(string word) =>
        word.Length > 0 && word.All(one => char.IsAsciiLetterOrDigit(one) || one is '/' or '-' or '.' or '_' or '=' or ':')
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>A command as cron wants it: <c>%</c> would end it, and a line end can't be carried at all.</summary>
    /// <exception cref="RenewalException">A control character is in it.</exception>
    public static string ForCron(string command) => command.Any(char.IsControl)
        ? throw new RenewalException(ErrorId.ModulePathInvalid, $"'{command}' can't stand in a line of cron: it holds a control character.", "Rename the folder, or use systemd.")
        : command.Replace("%", "\\%", StringComparison.Ordinal);
}
