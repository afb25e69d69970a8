using StepCaRenew.FileSystem;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>
/// Puts one staged file in the place of another, and looks at what came out: if that is not what was expected, somebody
/// else wrote in between, and theirs is put back.
/// </summary>
/// <param name="volume">The file system.</param>
/// <param name="target">The file that is replaced.</param>
/// <param name="staged">The new file; after the swap the old one.</param>
/// <param name="old">A second name for the old file where the two can't be exchanged in one step; null where nobody needs that one any more.</param>
/// <param name="before">What the target is expected to hold.</param>
/// <param name="after">What the staged file holds.</param>
internal sealed class FileSwap(IVolume volume, string target, string staged, string? old, byte[] before, byte[] after)
{
    // More rounds than anybody can write in between; only so that nothing can go on for ever.
    private const int MaximumRounds = 100;

    private byte[]? putIn;
    private string? cameOut;

    /// <summary>Whether the new content still lies in its place.</summary>
    public bool Holds => Is(Look(target), after);

    /// <summary>Puts the new file in its place.</summary>
    /// <returns>False where somebody else had written; their file is back in its place then.</returns>
    /// <exception cref="RenewalException">It can't be put there, or is not what was written; nothing was changed.</exception>
    public async Task<bool> InAsync(SharingRetry retry)
    {
        // Another run, if somebody took the lock file away, or whoever may write in the folder.
        if (!Is(Look(staged), after))
            throw WriteErrors.Changed(staged, target);
        if (await retry.RunAsync(() => volume.TryExchange(staged, target), target).ConfigureAwait(false))
        {
            cameOut = staged;
        }
        else
        {
            if (!Is(Look(target), before))
                return false;
            if (old is not null)
                await retry.RunAsync(() => Keep(old), target).ConfigureAwait(false);
            // A file that somebody writes between these two is lost; the exchange above has no such gap.
            await retry.RunAsync(() => volume.Rename(staged, target), target).ConfigureAwait(false);
            cameOut = old;
            if (cameOut is null)
                return true;
        }

        if (Is(Look(cameOut), before))
            return true;
        await BackAsync(retry).ConfigureAwait(false);
        return false;
    }

    /// <summary>Puts the old file back, unless somebody else has written since: the newest of theirs stands then.</summary>
    public async Task BackAsync(SharingRetry retry)
    {
        if (cameOut == staged)
            await ExchangeBackAsync(retry).ConfigureAwait(false);
        else if (old is not null && cameOut == old && Holds)
            await retry.RunAsync(() => volume.Rename(old, target), target).ConfigureAwait(false);
        // Only now: what could not be put back must not be taken for done, and swept.
        cameOut = null;
    }

    private async Task ExchangeBackAsync(SharingRetry retry)
    {
        for (var round = 0; round < MaximumRounds; round++)
        {
            // Known before, since nobody else touches what lies beside; the target may be another one at any time.
            var next = Look(staged);
            await retry.RunAsync(() => volume.TryExchange(staged, target), target).ConfigureAwait(false);
            // What comes out is what was put in last, or else newer than what has just been put in: then once more.
            if (Is(Look(staged), putIn ?? after))
                return;
            putIn = next ?? [];
        }
    }

    private void Keep(string old)
    {
        if (!Is(Look(old), before))
            KeepAnew(old);

        // Else a power loss could keep the rename and forget this name: nothing would hold the old file any more.
        volume.FlushFolder(Path.GetDirectoryName(target)!);
    }

    private void KeepAnew(string old)
    {
        // Left by a replacement that was cut short: half a copy, or older than what lies in the target.
        if (volume.Exists(old))
            volume.Delete(old);
        if (volume.TryLink(target, old))
            return;
        using var copy = volume.CreateLike(old, target);
        copy.Write(before);
        copy.Flush();
    }

    // What can't be read is nothing of ours, and goes back like everything foreign.
    private byte[]? Look(string path)
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

    private static bool Is(byte[]? content, byte[] expected) => content is not null && content.AsSpan().SequenceEqual(expected);
}
