using StepCaRenew.Accounts;

namespace StepCaRenew.FileSystem;

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
