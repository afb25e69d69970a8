using StepCaRenew.Accounts;

namespace StepCaRenew.FileSystem;

/// <summary>
/// Windows refuses to replace an open file with "access denied" as often as with a sharing violation, and so it does if a
/// right is missing. What remains after the retries is told apart by two attempts.
/// </summary>
/// <param name="probe">Makes the attempts.</param>
internal sealed class WindowsRefusals(IReplaceProbe probe) : Refusals
{
    /// <inheritdoc/>
    public override bool MayPass(Exception error) =>
        error is UnauthorizedAccessException || (error is IOException io && WriteErrors.IsSharingViolation(io));

    /// <inheritdoc/>
    public override bool IsInUse(Exception error, string target) =>
        MayPass(error) && (error is IOException || (probe.TakesFiles(Path.GetDirectoryName(target)!) && probe.HasRightToReplace(target)));

    /// <inheritdoc/>
    public override RenewalException Explain(Exception error, string target)
    {
        if (IsInUse(error, target))
            return new RenewalException(
                ErrorId.FileInUse, $"'{target}' can't be replaced: another process has it open. The old pair stands as it was.",
                "Find the process (Resource Monitor, or handle.exe of Sysinternals) and let it open the file with FileShare.Delete, or close it after reading.", error);
        if (error is UnauthorizedAccessException && probe.TakesFiles(Path.GetDirectoryName(target)!))
            return new RenewalException(
                ErrorId.FolderNotWritable,
                $"'{target}' can't be replaced: {CurrentUser.Name} can make files in its folder, but does not have permission to delete this one.",
                "A certificate is replaced by renaming a new file over it. Give this user the right to modify the file and its folder, or run as a user who has it.", error);
        return WriteErrors.Map(error, target);
    }
}
