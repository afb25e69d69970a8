using System.Globalization;
using System.Text;
using StepCaRenew.Files;
using StepCaRenew.Renewals;

namespace StepCaRenew.Scheduling.Linux;

/// <summary>A file that a scheduler reads: a unit, or a file in cron's folder. Ours are known by their first line.</summary>
/// <param name="path">Its path.</param>
/// <param name="scope">Whose it is.</param>
/// <param name="owner">The number of the user whom it must belong to.</param>
internal sealed class ScheduleFile(string path, RenewalScope scope, uint owner)
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public string Path => path;

    public string Name => System.IO.Path.GetFileName(path);

    /// <summary>Whether anything lies there.</summary>
    public bool Exists => new FileInfo(path) is var info && (info.Exists || info.LinkTarget is not null || Directory.Exists(path));

    /// <summary>Whether it is a link; systemd masks a unit by one to /dev/null, and cron ignores any.</summary>
    public string? LinkTarget => new FileInfo(path).LinkTarget;

    /// <summary>Whether it is a regular file with our first line.</summary>
    public bool IsOurs => LinkTarget is null && !FileKind.IsSpecial(path) && FileMark.IsIn(Read());

    /// <summary>Its text; null where there is none.</summary>
    /// <exception cref="RenewalException">It can't be read.</exception>
    public string? Read()
    {
        try
        {
            return WholeFile.Read(path) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw SchedulerErrors.Failed($"'{path}' can't be read: {e.Message}", "Give this user the right to read it.", e);
        }
    }

    /// <summary>Demands that what lies there, if anything, is ours.</summary>
    /// <exception cref="RenewalException">It is someone else's, or a link.</exception>
    public void RequireOursOrMissing()
    {
        if (!Exists || IsOurs)
            return;
        var reason = LinkTarget is { } target ? $"is a link to '{target}'" : "was not written by this module";
        throw SchedulerErrors.Failed(
            $"'{path}' {reason}, and is left alone.",
            LinkTarget == "/dev/null" ? $"Somebody masked the unit: 'systemctl unmask {Name}' takes that back." : "Move it away, or register the renewal by another name.");
    }

    /// <summary>How its owner and rights differ from what they should be, a sentence each.</summary>
    public IEnumerable<string> RightsDifferences()
    {
        if (!OperatingSystem.IsLinux() || LinuxStat.TryRead(path, followLinks: false) is not { } stat)
            yield break;
        if ((stat.Mode & 0xFFF) != (int)Mode)
            yield return $"{Name}: the mode is {Octal(stat.Mode & 0xFFF)} instead of {Octal((int)Mode)}.";
        if (stat.User != owner)
            yield return $"{Name}: it belongs to the user {stat.User} instead of {owner}.";
    }

    /// <summary>Puts a text in its place, whole or not at all.</summary>
    /// <exception cref="RenewalException">It can't be written; what was there before still is.</exception>
    public void Write(string text)
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException();
        // cron ignores names with a dot, and systemd those without a type it knows: nobody reads the file before its time.
        var folder = System.IO.Path.GetDirectoryName(path)!;
        var staged = System.IO.Path.Combine(folder, $".{Name}.stepcarenew-new");
        try
        {
            Directory.CreateDirectory(folder);
            File.Delete(staged);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
            using (var stream = new FileStream(staged, options))
            {
                stream.Write(Strict.GetBytes(text));
                File.SetUnixFileMode(stream.SafeFileHandle, Mode);
                Flushing.Flush(stream);
            }

            File.Move(staged, path, overwrite: true);
            UnixNative.FlushFolder(folder);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            TryDelete(staged);
            throw SchedulerErrors.NotWritten(path, scope, e);
        }
    }

    /// <summary>Takes it away.</summary>
    /// <exception cref="RenewalException">It can't be deleted.</exception>
    public void Delete()
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // Then it is not there either.
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw SchedulerErrors.NotWritten(path, scope, e);
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            // The next attempt deletes it first.
        }
    }

    private static string Octal(int mode) => Convert.ToString(mode, 8).PadLeft(4, '0').ToString(CultureInfo.InvariantCulture);
}
