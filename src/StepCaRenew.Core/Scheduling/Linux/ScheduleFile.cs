using System.Globalization;
using System.Text;
using StepCaRenew.FileSystem;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.Scheduling.Linux;

/// <summary>A file that a scheduler reads: a unit, or a file in cron's folder. Files of this module are recognised by their first line.</summary>
/// <param name="owner">The number of the user who must own it.</param>
internal sealed class ScheduleFile(string path, RenewalScope scope, uint owner)
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public string Path => path;

    public string Name => System.IO.Path.GetFileName(path);

    /// <summary>Whether a file, a folder or a link has this path.</summary>
    public bool Exists => new FileInfo(path) is var info && (info.Exists || info.LinkTarget is not null || Directory.Exists(path));

    /// <summary>The target, if it is a link: cron ignores links, and a link to /dev/null masks a unit of systemd.</summary>
    public string? LinkTarget => new FileInfo(path).LinkTarget;

    /// <summary>Whether it is a regular file that this module wrote.</summary>
    public bool IsOurs => LinkTarget is null && !FileKind.IsSpecial(path) && FileMark.IsIn(Read());

    /// <summary>The text of the file; null if there is no such file.</summary>
    /// <exception cref="RenewalException">The file cannot be read.</exception>
    public string? Read()
    {
        try
        {
            return AtomicFile.Read(path) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw SchedulerErrors.Failed($"'{path}' cannot be read: {e.Message}", "Give this user the permission to read it.", e);
        }
    }

    /// <summary>Requires that this module wrote the file, if there is one.</summary>
    /// <exception cref="RenewalException">Something else wrote the file, or it is a link.</exception>
    public void RequireOursOrMissing()
    {
        if (!Exists || IsOurs)
            return;
        var reason = LinkTarget is { } target ? $"is a link to '{target}'" : "was not written by this module";
        throw SchedulerErrors.Failed(
            $"'{path}' {reason}, so it is not changed.",
            LinkTarget == "/dev/null" ? $"The unit is masked: run 'systemctl unmask {Name}'." : "Move the file, or register the renewal with another name.");
    }

    /// <summary>A sentence if the owner or the mode is not what it should be.</summary>
    public IEnumerable<string> RightsDifferences()
    {
        if (!OperatingSystem.IsLinux() || LinuxStat.TryRead(path, followLinks: false) is not { } stat)
            yield break;
        if ((stat.Mode & 0xFFF) != (int)Mode)
            yield return $"{Name}: the mode is {Octal(stat.Mode & 0xFFF)} instead of {Octal((int)Mode)}.";
        if (stat.User != owner)
            yield return $"{Name}: it belongs to the user {stat.User} instead of {owner}.";
    }

    /// <summary>Replaces the file atomically.</summary>
    /// <exception cref="RenewalException">The file cannot be written; the old one is unchanged.</exception>
    public void Write(string text)
    {
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            // Neither cron nor systemd reads a file with such a name.
            AtomicFile.Replace(path, Strict.GetBytes(text), isPrivate: false, staged: $".{Name}.stepcarenew-new");
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw SchedulerErrors.NotWritten(path, scope, e);
        }
    }

    /// <summary>Deletes the file, if it exists.</summary>
    /// <exception cref="RenewalException">The file cannot be deleted.</exception>
    public void Delete()
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // Without the folder there is no file.
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw SchedulerErrors.NotWritten(path, scope, e);
        }
    }

    private static string Octal(int mode) => Convert.ToString(mode, 8).PadLeft(4, '0').ToString(CultureInfo.InvariantCulture);
}

/// <summary>The first line of every schedule file that this module writes; only files with it are overwritten.</summary>
internal static class FileMark
{
    private const string Start = "# StepCaRenew:";

    public static string ForRenewal(string name) => $"{Start} the renewal '{name}'. Register-StepRenewalTask wrote this file, and overwrites what is changed in it.\n";

    public static bool IsIn(string? text) => text?.StartsWith(Start, StringComparison.Ordinal) == true;
}
