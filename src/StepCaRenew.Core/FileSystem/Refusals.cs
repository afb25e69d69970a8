using System.Runtime.Versioning;
using StepCaRenew.Accounts;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.FileSystem;

/// <summary>Interprets errors of replacing a file: whether to retry, and what to tell the user.</summary>
internal class Refusals
{
    /// <summary>The remedy if another process has a file open.</summary>
    public const string InUseRemedy = "Find the process (Resource Monitor, or handle.exe of Sysinternals) and let it open the file with FileShare.Delete, or close it after reading.";

    /// <summary>The rules of this platform.</summary>
    public static Refusals ForThisPlatform { get; } = OperatingSystem.IsWindows() ? new WindowsRefusals(new WindowsProbe()) : new Refusals();

    /// <summary>Whether another process can be the reason, so a retry can help. On Unix an open file does not prevent a rename.</summary>
    public virtual bool IsWorthRetrying(Exception error) => false;

    /// <summary>Whether the reason is another process that has the file open, rather than a missing right.</summary>
    public virtual bool IsInUse(Exception error, string target) => false;

    /// <summary>The error for the user.</summary>
    public virtual RenewalException Explain(Exception error, string target) => WriteErrors.Map(error, target);
}

/// <summary>
/// If a file is open elsewhere, Windows returns a sharing violation or "access denied", and "access denied" also if a right
/// is missing. After the retries two attempts find out which it is.
/// </summary>
internal sealed class WindowsRefusals(IReplaceProbe probe) : Refusals
{
    /// <inheritdoc/>
    public override bool IsWorthRetrying(Exception error) =>
        error is UnauthorizedAccessException || (error is IOException io && WriteErrors.IsSharingViolation(io));

    /// <inheritdoc/>
    public override bool IsInUse(Exception error, string target) =>
        IsWorthRetrying(error) && (error is IOException || (probe.TakesFiles(Path.GetDirectoryName(target)!) && probe.HasRightToReplace(target)));

    /// <inheritdoc/>
    public override RenewalException Explain(Exception error, string target)
    {
        if (IsInUse(error, target))
            return new RenewalException(
                ErrorId.FileInUse, $"'{target}' was not replaced: another process has it open. The old pair is unchanged.",
                InUseRemedy, error);
        if (error is UnauthorizedAccessException && probe.TakesFiles(Path.GetDirectoryName(target)!))
            return new RenewalException(
                ErrorId.FolderNotWritable,
                $"'{target}' was not replaced: {CurrentUser.Name} can create files in its folder, but does not have permission to delete this one.",
                "A certificate is replaced by renaming a new file over it. Give this user the right to modify the file and its folder, or run as a user who has it.", error);
        return WriteErrors.Map(error, target);
    }
}

/// <summary>Attempts that show why a file cannot be replaced.</summary>
internal interface IReplaceProbe
{
    /// <summary>Whether a file can be created in a folder.</summary>
    bool TakesFiles(string folder);

    /// <summary>Whether this account has the right to delete a file; true if there is no file.</summary>
    bool HasRightToReplace(string path);
}

/// <summary>Makes the attempts on disk.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsProbe : IReplaceProbe
{
    /// <inheritdoc/>
    // Access lists, rights of a share, a write-protected volume and policies all count, so only creating a file shows the answer.
    public bool TakesFiles(string folder)
    {
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose };
            using var file = new FileStream(Path.Combine(folder, $".{Guid.NewGuid():N}.stepcarenew-probe"), options);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public bool HasRightToReplace(string path)
    {
        try
        {
            WindowsRename.Probe(path);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}

/// <summary>Turns an error of the platform during a write into one with an id and a remedy.</summary>
internal static class WriteErrors
{
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int SharingViolation = unchecked((int)0x80070020);
    private const int LockViolation = unchecked((int)0x80070021);
    private const int WindowsWriteProtected = unchecked((int)0x80070013);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    public static RenewalException Map(Exception e, string target)
    {
        var folder = Path.GetDirectoryName(target);
        if (OperatingSystem.IsLinux() && e.HResult == LinuxNative.Busy)
            return TargetPath.MountPoint(target);
        if (IsDiskFull(e))
            return new(ErrorId.DiskFull, $"'{target}' was not replaced: no space is left on its volume. The old file is unchanged.", "Free some space, then run again.", e);
        if (e is DirectoryNotFoundException or FileNotFoundException)
            return new(ErrorId.WriteFailed, $"'{target}' was not replaced: its folder, or the staged file in it, has been deleted.", $"Find out which program deletes files in '{folder}' while a renewal runs.", e);
        if (e is UnauthorizedAccessException || IsReadOnlyVolume(e))
            return new(
                ErrorId.FolderNotWritable, $"'{target}' was not replaced: {CurrentUser.Name} does not have permission to write in the folder '{folder}'.",
                "A certificate is replaced by renaming a new file over it, so its folder must be writable. Give this user the right to, or run as one who has it.", e);
        return new(ErrorId.WriteFailed, $"'{target}' was not replaced: {e.Message}", "The old file is unchanged. Check the volume and which programs have the file open.", e);
    }

    /// <summary>The staged file was changed or deleted, so it must not replace the old one.</summary>
    public static RenewalException Changed(string staged, string target) => new(
        ErrorId.WriteFailed, $"'{target}' was not replaced: another program changed or deleted '{staged}', which was to replace it. The old pair is unchanged.",
        "Find out which program writes or deletes files with 'stepcarenew' in their names (a synchronisation, a second run), and exclude these files from it.");

    /// <summary>Whether another process has the file open.</summary>
    public static bool IsSharingViolation(IOException e) => e.HResult is SharingViolation or LockViolation;

    /// <summary>Whether no space is left, or the quota is used up.</summary>
    public static bool IsDiskFull(Exception e) =>
        OperatingSystem.IsWindows()
            ? e.HResult is WindowsDiskFull or WindowsHandleDiskFull
            : OperatingSystem.IsLinux() && e.HResult is LinuxNative.NoSpace or LinuxNative.QuotaExceeded;

    // EROFS; .NET does not throw an UnauthorizedAccessException for it.
    private static bool IsReadOnlyVolume(Exception e) => OperatingSystem.IsWindows() ? e.HResult == WindowsWriteProtected : e.HResult == 30;
}
