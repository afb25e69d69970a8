using StepCaRenew.Accounts;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.FileSystem;

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

    /// <summary>The staged file was changed or deleted, so that it must not replace the old one.</summary>
    public static RenewalException Changed(string staged, string target) => new(
        ErrorId.WriteFailed, $"'{target}' was not replaced: another program changed or deleted '{staged}', which was to replace it. The old pair is unchanged.",
        "Find out which program writes or deletes files with 'stepcarenew' in their names (a synchronisation, a second run), and exclude these files from it.");

    /// <summary>Whether another process has the file open.</summary>
    public static bool IsSharingViolation(IOException e) => e.HResult is SharingViolation or LockViolation;

    private static bool IsDiskFull(Exception e) =>
        OperatingSystem.IsWindows()
            ? e.HResult is WindowsDiskFull or WindowsHandleDiskFull
            : OperatingSystem.IsLinux() && e.HResult is LinuxNative.NoSpace or LinuxNative.QuotaExceeded;

    // EROFS; .NET does not throw an UnauthorizedAccessException for it.
    private static bool IsReadOnlyVolume(Exception e) => OperatingSystem.IsWindows() ? e.HResult == WindowsWriteProtected : e.HResult == 30;
}
