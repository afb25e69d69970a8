using System.Runtime.Versioning;
using System.Text;
using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Scheduling.Foreign;

/// <summary>Running <c>step ca renew --daemon</c>, by the command lines of all processes.</summary>
[SupportedOSPlatform("linux")]
internal static class RenewDaemons
{
    public static IEnumerable<string> Find(LinuxPaths paths, string certificate)
    {
        if (!Directory.Exists(paths.Proc))
            return [];
        return Directory.EnumerateDirectories(paths.Proc)
            .Where(process => char.IsAsciiDigit(Path.GetFileName(process)[0]))
            .Where(process => Operands(Read(process)).Any(operand => SamePath.Resolve(InFolderOf(process, operand)) == certificate))
            .Select(process => $"The process {Path.GetFileName(process)} (step ca renew --daemon) renews '{certificate}' as well, with the key of its start. End it, and what starts it, before this one takes over.");
    }

    // Values of options may be among them: "--out" names a file that is written too, and others lead elsewhere.
    private static IEnumerable<string> Operands(string[] arguments)
    {
        var at = Array.FindIndex(arguments, argument => argument is "renew" or "rekey");
        if (at < 1 || arguments[at - 1] != "ca" || !Path.GetFileName(arguments[0]).Contains("step", StringComparison.Ordinal))
            return [];
        var rest = arguments[(at + 1)..];
        return rest.Any(argument => argument is "--daemon" or "-daemon" or "--daemon=true" or "-daemon=true")
            ? rest.Select(argument => argument.StartsWith("--out=", StringComparison.Ordinal) ? argument[6..] : argument).Where(argument => argument is not ("" or ['-', ..]))
            : [];
    }

    private static string[] Read(string process)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(process, "cmdline"))).Split('\0');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is none of ours to look at.
            return [string.Empty];
        }
    }

    // Whose folder may not be read, a full path still says all.
    private static string InFolderOf(string process, string path)
    {
        try
        {
            return Path.Combine(new FileInfo(Path.Combine(process, "cwd")).LinkTarget ?? "/proc/unknown", path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Path.Combine("/proc/unknown", path);
        }
    }
}
