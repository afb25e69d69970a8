using System.Globalization;
using System.Runtime.Versioning;
using System.Text;
using System.Text.RegularExpressions;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.FileSystem;

/// <summary>The process that holds a lock: the kernel knows it; elsewhere it is what the holder wrote into the file, if that process is alive.</summary>
internal static partial class LockHolder
{
    private const int Length = 64;
    private const string Unknown = "an unknown process";

    /// <summary>The text that a holder writes. The length is fixed, so that the file is never truncated and a reader finds the old text or the new one.</summary>
    public static ReadOnlySpan<byte> Format(int process, string user) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"process {process} of {user}").PadRight(Length)).AsSpan(0, Length);

    /// <summary>The holder, for a message.</summary>
    public static string Describe(OpenFolders folders, string path)
    {
        var written = Read(folders, path);
        var known = OperatingSystem.IsLinux() && LockFile.Stat(folders, path) is { } file ? HolderOf(file) : null;
        if (ProcessOf(written) is { } process && (known is null ? IsAlive(process) : known == process))
            return written;
        // A holder that can only read the file does not write its name; the file then names an earlier holder.
        return known is { } other ? string.Create(CultureInfo.InvariantCulture, $"process {other}") : Unknown;
    }

    // By the kernel's list of locks (proc_locks(5)); null if there is no holder, or if it is in another container.
    [SupportedOSPlatform("linux")]
    private static int? HolderOf(LinuxStat file)
    {
        var (major, minor, inode) = file.Identity;
        var identity = string.Create(CultureInfo.InvariantCulture, $"{major:x2}:{minor:x2}:{inode}");
        try
        {
            // 1: FLOCK  ADVISORY  WRITE 1234 fe:01:5678 0 EOF
            foreach (var line in File.ReadLines("/proc/locks"))
            {
                var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (fields is [_, "FLOCK", _, _, var process, var locked, ..] && locked == identity
                    && int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0)
                    return id;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The list is hidden here.
        }

        return null;
    }

    private static int? ProcessOf(string written) =>
        Form().Match(written) is { Success: true } match && int.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var process) ? process : null;

    private static bool IsAlive(int process)
    {
        try
        {
            using var alive = System.Diagnostics.Process.GetProcessById(process);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    private static string Read(OpenFolders folders, string path)
    {
        try
        {
            using var reader = LockFile.OpenToRead(folders, path);
            Span<byte> name = stackalloc byte[Length];
            var length = reader.ReadAtLeast(name, Length, throwOnEndOfStream: false);
            return Encoding.UTF8.GetString(name[..length]).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }

    [GeneratedRegex(@"\Aprocess ([0-9]{1,9}) of [^\p{C}]+\z")]
    private static partial Regex Form();
}
