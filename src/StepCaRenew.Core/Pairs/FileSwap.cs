using StepCaRenew.Files;

namespace StepCaRenew.Pairs;

/// <summary>
/// Puts one staged file in the place of another, and looks at what came out: if that is not what was expected, somebody
/// else wrote in between, and theirs is put back.
/// </summary>
/// <param name="volume">The file system.</param>
/// <param name="target">The file that is replaced.</param>
/// <param name="staged">The new file; after the swap the old one.</param>
/// <param name="old">A second name for the old file where the two can't be exchanged in one step.</param>
/// <param name="before">What the target is expected to hold.</param>
/// <param name="after">What the staged file holds.</param>
internal sealed class FileSwap(IVolume volume, string target, string staged, string old, byte[] before, byte[] after)
{
    private bool isIn;

    /// <summary>Whether the new content still lies in its place.</summary>
    public bool Holds => Is(volume.Read(target), after);

    /// <summary>Puts the new file in its place.</summary>
    /// <returns>False where somebody else had written; their file is back in its place then.</returns>
    public async Task<bool> InAsync(SharingRetry retry)
    {
        if (await retry.RunAsync(() => volume.TryExchange(staged, target), target).ConfigureAwait(false))
        {
            isIn = true;
            if (Is(volume.Read(staged), before))
                return true;
            await BackAsync(retry).ConfigureAwait(false);
            return false;
        }

        if (!Is(volume.Read(target), before))
            return false;
        // Between this look and the rename a foreign write is lost; the exchange above has no such gap.
        Keep();
        await retry.RunAsync(() => volume.Rename(staged, target), target).ConfigureAwait(false);
        isIn = true;
        await retry.RunAsync(() => volume.Rename(old, staged), target).ConfigureAwait(false);
        return true;
    }

    /// <summary>Puts the old file back, unless somebody else has written since: the newest of theirs stands then.</summary>
    public async Task BackAsync(SharingRetry retry)
    {
        if (!isIn)
            return;
        isIn = false;
        var mine = after;
        while (await retry.RunAsync(() => volume.TryExchange(staged, target), target).ConfigureAwait(false))
        {
            // What comes out is what was put in last, or else newer than what has just been put in: then once more.
            var inPlace = volume.Read(target);
            if (Is(volume.Read(staged), mine))
                return;
            mine = inPlace ?? [];
        }

        if (Holds)
            await retry.RunAsync(() => volume.Rename(staged, target), target).ConfigureAwait(false);
    }

    private void Keep()
    {
        if (volume.TryLink(target, old))
            return;
        using var copy = volume.CreateLike(old, target);
        copy.Write(before);
        copy.Flush();
    }

    private static bool Is(byte[]? content, byte[] expected) => content is not null && content.AsSpan().SequenceEqual(expected);
}
