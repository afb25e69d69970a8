using System.Globalization;
using System.Runtime.Versioning;
using System.Text;
using StepCaRenew.Files;

namespace StepCaRenew.Actions;

/// <summary>
/// Finds what a program left running whose own parent has ended, so that it is no longer among its children; on Linux,
/// by a variable of its environment. A daemon is spared: it has a session of its own, which a service is meant to have.
/// </summary>
internal static class Stragglers
{
    /// <summary>The variable that marks whatever one action has started.</summary>
    public const string Variable = "STEPCARENEW_ACTION";

    private const int Kill = 9;
    private const int Rounds = 5;

    /// <summary>Ends them all, with what they start meanwhile.</summary>
    /// <param name="mark">The variable's value.</param>
    [SupportedOSPlatform("linux")]
    public static void End(string mark)
    {
        var entry = Encoding.UTF8.GetBytes($"{Variable}={mark}\0");
        var session = SessionOf("self");
        for (var round = 0; round < Rounds; round++)
        {
            var found = Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
                .Where(name => name!.All(char.IsAsciiDigit) && IsMarked(name!, entry) && SessionOf(name!) == session).ToList();
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
            // It has ended, or belongs to somebody else.
            return false;
        }
    }

    // proc_pid_stat(5): the name may hold anything, so the fields are counted from its closing bracket.
    private static string? SessionOf(string process)
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
