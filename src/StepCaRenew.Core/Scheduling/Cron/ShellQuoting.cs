namespace StepCaRenew.Scheduling.Cron;

/// <summary>Words of a command of sh, in a line of cron.</summary>
internal static class ShellQuoting
{
    /// <summary>Quotes a word for sh.</summary>
    public static string Quote(string word) =>
        word.Length > 0 && word.All(one => char.IsAsciiLetterOrDigit(one) || one is '/' or '-' or '.' or '_' or '=' or ':')
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>A command for a line of cron, in which <c>%</c> must be escaped and a line end is not possible.</summary>
    /// <exception cref="RenewalException">The command has a control character.</exception>
    public static string ForCron(string command) => command.Any(char.IsControl)
        ? throw new RenewalException(ErrorId.ModulePathInvalid, $"'{command}' cannot be used in a line of cron: it has a control character.", "Rename the folder, or use systemd.")
        : command.Replace("%", "\\%", StringComparison.Ordinal);
}
