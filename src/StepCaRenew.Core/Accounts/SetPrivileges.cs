using System.Globalization;
using StepCaRenew.Processes;

namespace StepCaRenew.Accounts;

/// <summary>
/// The programs of util-linux that start a command as another account. The session is a new one before root's rights are gone:
/// a program that has root's terminal as its own could type commands into it (TIOCSTI).
/// </summary>
/// <param name="Session">The path of setsid(1).</param>
/// <param name="Program">The path of setpriv(1).</param>
internal sealed record SetPrivileges(string Session, string Program)
{
    /// <summary>Finds both in the folders of the system, whatever PATH says; null if one is missing.</summary>
    public static SetPrivileges? Find() => Find("setsid") is { } session && Find("setpriv") is { } program ? new(session, program) : null;

    /// <summary>The beginning of a command that runs as an account.</summary>
    public IEnumerable<string> As(LinuxUser user) => string.Create(
        CultureInfo.InvariantCulture, $"{Session} {Program} --reuid={user.Id} --regid={user.Group} --init-groups --inh-caps=-all --").Split(' ');

    private static string? Find(string name) => ProgramFinder.SystemPath.Split(':').Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
