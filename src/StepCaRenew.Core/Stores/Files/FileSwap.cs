using StepCaRenew.FileSystem;

namespace StepCaRenew.Stores.Files;

/// <summary>
/// Puts one staged file in the place of another and checks the file that it replaced: if another process had written it
/// in between, that file is put back.
/// </summary>
/// <param name="volume">The file system.</param>
/// <param name="target">The file that is replaced.</param>
/// <param name="staged">The new file; after an exchange the old one.</param>
/// <param name="backup">A second name for the old file if the two cannot be exchanged in one step; null if the old file is not needed any more.</param>
/// <param name="before">The expected content of the target; null if there must be none.</param>
/// <param name="after">The content of the staged file.</param>
internal sealed class FileSwap(IVolume volume, string target, string staged, string? backup, byte[]? before, byte[] after)
{
    // Only ends a loop that another process could prolong by writing without a pause.
    private const int MaximumRounds = 100;

    private byte[]? lastPutIn;
    private string? replaced;
    private bool isPlaced;

    /// <summary>Whether the target still has the new content.</summary>
    public bool Holds => Is(TryRead(target), after);

    /// <summary>Replaces the target by the staged file.</summary>
    /// <returns>False if another process had written the target; its file is in place again.</returns>
    /// <exception cref="RenewalException">The target cannot be replaced, or the staged file was changed; the target is untouched.</exception>
    public async Task<bool> ReplaceAsync(SharingRetry retry)
    {
        // Changed by another run if the lock file was deleted, or by any account that can write in the folder.
        if (!Is(TryRead(staged), after))
            throw WriteErrors.Changed(staged, target);
        if (before is null)
            return await PlaceAsync(retry).ConfigureAwait(false);
        if (await retry.RunAsync(() => volume.TryExchange(staged, target), target).ConfigureAwait(false))
        {
            replaced = staged;
        }
        else
        {
            if (!Is(TryRead(target), before))
                return false;
            if (backup is not null)
                await retry.RunAsync(() => BackUp(backup, before), target).ConfigureAwait(false);
            // A file that another process writes between these two calls is lost; the exchange above has no such gap.
            await retry.RunAsync(() => volume.Rename(staged, target), target).ConfigureAwait(false);
            replaced = backup;
            if (replaced is null)
                return true;
        }

        if (Is(TryRead(replaced), before))
            return true;
        await RestoreAsync(retry).ConfigureAwait(false);
        return false;
    }

    /// <summary>Puts the old file back, unless another process has written since: then its newest file stays.</summary>
    public async Task RestoreAsync(SharingRetry retry)
    {
        if (isPlaced && Holds)
            await retry.RunAsync(() => volume.Delete(target), target).ConfigureAwait(false);
        else if (replaced == staged)
            await ExchangeBackAsync(retry).ConfigureAwait(false);
        else if (backup is not null && replaced == backup && Holds)
            await retry.RunAsync(() => volume.Rename(backup, target), target).ConfigureAwait(false);
        // Not before: if the file could not be put back, the replacement must count as unfinished.
        (replaced, isPlaced) = (null, false);
    }

    private async Task ExchangeBackAsync(SharingRetry retry)
    {
        for (var round = 0; round < MaximumRounds; round++)
        {
            // Only this run writes the staged file; the target can be changed at any time.
            var next = TryRead(staged);
            await retry.RunAsync(() => volume.TryExchange(staged, target), target).ConfigureAwait(false);
            // Either the file that was put in last comes back, or a newer one of another process, which goes in again.
            if (Is(TryRead(staged), lastPutIn ?? after))
                return;
            lastPutIn = next ?? [];
        }
    }

    // A second name cannot be given if another process has made a file there. Without second names, a file that is made between
    // the two calls is lost.
    private async Task<bool> PlaceAsync(SharingRetry retry)
    {
        if (!volume.TryLink(staged, target))
        {
            if (volume.Exists(target))
                return false;
            await retry.RunAsync(() => volume.Rename(staged, target), target).ConfigureAwait(false);
        }

        isPlaced = true;
        return true;
    }

    private void BackUp(string path, byte[] before)
    {
        if (!Is(TryRead(path), before))
            MakeBackup(path, before);

        // Otherwise a power loss could keep the rename and lose this name, and with it the only copy of the old file.
        volume.FlushFolder(Path.GetDirectoryName(target)!);
    }

    private void MakeBackup(string path, byte[] before)
    {
        // From an interrupted replacement: an incomplete copy, or one that is older than the target.
        if (volume.Exists(path))
            volume.Delete(path);
        if (volume.TryLink(target, path))
            return;
        using var copy = volume.CreateLike(path, target);
        copy.Write(before);
        copy.Flush();
    }

    // A file that cannot be read was not made by this run, and is put back like any other foreign file.
    private byte[]? TryRead(string path)
    {
        try
        {
            return volume.Read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool Is(byte[]? content, byte[]? expected) => content is not null && content.AsSpan().SequenceEqual(expected);
}
