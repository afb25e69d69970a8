using StepCaRenew.Accounts;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.FileSystem;

/// <summary>What the platform says of a failed write, as an error with a remedy.</summary>
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
            return new(ErrorId.DiskFull, $"No space is left on the volume of '{target}'. The old certificate stands as it was.", "Free some space, then run again.", e);
        if (e is DirectoryNotFoundException or FileNotFoundException)
            return new(ErrorId.WriteFailed, $"The folder '{folder}' or the file that was written in it has gone.", "Find out what removes it while a renewal runs.", e);
        if (e is UnauthorizedAccessException || IsReadOnlyVolume(e))
            return new(
                ErrorId.FolderNotWritable, $"'{target}' can't be replaced: {CurrentUser.Name} may not write in the folder '{folder}'.",
                "A certificate is replaced by renaming a new file over it, so its folder must be writable. Give this user the right to, or run as one who has it.", e);
        return new(ErrorId.WriteFailed, $"'{target}' can't be replaced: {e.Message}", "The old certificate stands as it was. Check the volume and what has the file open.", e);
    }

    /// <summary>The new file is not what was written into it: to put it in its place could cost the old one.</summary>
    public static RenewalException Changed(string staged, string target) => new(
        ErrorId.WriteFailed, $"'{staged}', which is to replace '{target}', was changed or taken away by somebody else. The old pair stands as it was.",
        "Find out what deletes or writes files whose names hold 'stepcarenew' (a synchronisation, a second run), and keep it from that.");

    /// <summary>Whether Windows refused because another process has the file open.</summary>
    public static bool IsSharingViolation(IOException e) => e.HResult is SharingViolation or LockViolation;

    private static bool IsDiskFull(Exception e) =>
        OperatingSystem.IsWindows()
            ? e.HResult is WindowsDiskFull or WindowsHandleDiskFull
            : OperatingSystem.IsLinux() && e.HResult is LinuxNative.NoSpace or LinuxNative.QuotaExceeded;

    // EROFS is an IOException of its own in .NET.
    private static bool IsReadOnlyVolume(Exception e) => OperatingSystem.IsWindows() ? e.HResult == WindowsWriteProtected : e.HResult == 30;
}
