using StepCaRenew.FileSystem;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.FollowUps.Actions;

/// <summary>The record beside a pair, under its fixed name: replaced as a whole, flushed, and gone when nothing is owed.</summary>
internal sealed class PendingFile(IVolume volume, PairPaths paths, SharingRetry retry)
{
    /// <summary>Whether anything lies under the name.</summary>
    public bool Exists => volume.Exists(paths.Pending);

    /// <summary>Reads it; null where it is damaged, or a link or something else lies in its place.</summary>
    public IReadOnlyList<PendingEntry>? Read() => volume.Read(paths.Pending) is { } bytes ? PendingFormat.Parse(bytes) : null;

    /// <summary>Makes it what it is to be: nothing at all where no entry is left.</summary>
    public void Write(IReadOnlyList<PendingEntry> entries)
    {
        if (entries.Count == 0)
        {
            Delete();
            return;
        }

        try
        {
            Stage(entries);
            Put();
        }
        catch
        {
            // What stayed there would look like a replacement that was cut short.
            Unstage();
            throw;
        }
    }

    /// <summary>Writes the new record beside the old one.</summary>
    public void Stage(IReadOnlyList<PendingEntry> entries)
    {
        if (volume.Exists(paths.StagedPending))
            volume.Delete(paths.StagedPending);
        using var file = volume.CreateOwn(paths.StagedPending);
        file.Write(PendingFormat.Render(entries));
        file.Flush();
    }

    /// <summary>Puts the staged record in its place, for good.</summary>
    public void Put()
    {
        retry.Run(() => volume.Rename(paths.StagedPending, paths.Pending));
        volume.FlushFolder(Folder);
    }

    /// <summary>Takes the staged record away.</summary>
    public void Unstage() => PairSweep.TryDelete(volume, paths.StagedPending);

    /// <summary>Takes the record away, or the link in its place.</summary>
    public void Delete()
    {
        if (!volume.Exists(paths.Pending))
            return;
        retry.Run(() => volume.Delete(paths.Pending));
        volume.FlushFolder(Folder);
    }

    private string Folder => Path.GetDirectoryName(paths.Pending)!;
}
