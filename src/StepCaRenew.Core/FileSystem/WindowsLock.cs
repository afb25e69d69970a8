using System.Runtime.Versioning;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.FileSystem;

/// <summary>Opens and locks the lock file on Windows: the process that has it open for writing holds the lock.</summary>
internal static class WindowsLock
{
    /// <summary>Tries once.</summary>
    /// <exception cref="RenewalException">Something under that name cannot be locked.</exception>
    [SupportedOSPlatform("windows")]
    public static (LockOutcome Outcome, FileStream? File) TryOpen(string path, string model)
    {
        try
        {
            // Others can read it, for the name of the holder; a second open for writing is refused.
            var file = WindowsOwnFile.Open(path, WindowsNative.GenericRead | WindowsNative.GenericWrite, FileShare.Read, WindowsNative.OpenAlways);
            return (LockOutcome.Acquired, new FileStream(file, FileAccess.ReadWrite, bufferSize: 0));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (OutcomeOf(e, path, model, File.Exists(path), new WindowsProbe().TakesFiles), null);
        }
    }

    /// <summary>The meaning of a failure: a run can go on without a lock only if the folder cannot be written.</summary>
    /// <param name="error">The failure.</param>
    /// <param name="path">The lock file.</param>
    /// <param name="model">The certificate file, for messages.</param>
    /// <param name="exists">Whether the lock file exists.</param>
    /// <param name="takesFiles">Whether a file can be created in a folder.</param>
    /// <exception cref="RenewalException">The lock file cannot be locked, or the disk is full.</exception>
    internal static LockOutcome OutcomeOf(Exception error, string path, string model, bool exists, Func<string, bool> takesFiles)
    {
        if (error is IOException io && WriteErrors.IsSharingViolation(io))
            return LockOutcome.Held;
        if (error is NotOursException)
            throw LockFile.NotLockable(path, error.Message);
        var isWritable = takesFiles(Path.GetDirectoryName(path)!);
        if (exists)
            return isWritable ? throw LockFile.NotLockable(path, error.Message) : LockOutcome.Impossible;
        // Windows also denies access to a file that is being deleted; a moment later it is gone.
        if (error is UnauthorizedAccessException && isWritable)
            return LockOutcome.Held;
        var failure = WriteErrors.Map(error, model);
        return failure.ErrorId == ErrorId.FolderNotWritable ? LockOutcome.Impossible : throw failure;
    }
}
