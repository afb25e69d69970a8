using System.Globalization;
using System.Runtime.Versioning;
using System.Text;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.FollowUps.Actions;

/// <summary>
/// Ends processes that an action left running and that are no longer its children because their parent has ended. On Linux; found
/// by an environment variable. A daemon is not ended: it has its own session.
/// </summary>
internal static class Stragglers
{
    /// <summary>The environment variable that marks the processes of an action.</summary>
    public const string Variable = "STEPCARENEW_ACTION";

    private const int Kill = 9;
    private const int Rounds = 5;

    /// <summary>Ends all marked processes, and those that they start meanwhile.</summary>
    /// <param name="mark">The value of the variable.</param>
    [SupportedOSPlatform("linux")]
    public static void End(string mark)
    {
        var entry = Encoding.UTF8.GetBytes($"{Variable}={mark}\0");
        var session = ReadSession("self");
        for (var round = 0; round < Rounds; round++)
        {
            var found = Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
                .Where(name => name!.All(char.IsAsciiDigit) && IsMarked(name!, entry) && ReadSession(name!) == session).ToList();
            if (found.Count == 0)
                return;
            foreach (var name in found)
                _ = UnixNative.Kill(int.Parse(name!, CultureInfo.InvariantCulture), Kill);
        }
    }

    private static bool IsMarked(string process, byte[] entry)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{process}/environ").AsSpan().IndexOf(entry) >= 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended, or belongs to another user.
            return false;
        }
    }

    // proc_pid_stat(5): the name can contain any character, so the fields are counted from its closing bracket.
    private static string? ReadSession(string process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[3];
        }
        catch (IOException)
        {
            return null;
        }
    }
}
