using StepCaRenew.FileSystem;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>
/// Replaces the certificate of a pair, or certificate and key: a crash at any point leaves what
/// <see cref="PairRecovery"/> finishes or undoes. docs/crash-safety.md shows the states.
/// </summary>
internal sealed class PairReplacement : IDisposable
{
    private readonly IVolume volume;
    private readonly PairPaths paths;
    private readonly SharingRetry retry;
    private readonly PairWitness? witness;
    private readonly Dictionary<string, IStagedFile> staged = [];
    private readonly List<string> names = [];
    private readonly List<(string Path, string Owner)> lostOwners = [];
    private bool isSwapping;
    private bool? isReplaced;

    private PairReplacement(IVolume volume, PairPaths paths, SharingRetry retry, PairWitness? witness) =>
        (this.volume, this.paths, this.retry, this.witness) = (volume, paths, retry, witness);

    /// <summary>The files that will not keep their owner, with that owner.</summary>
    public IEnumerable<(string Path, string Owner)> LostOwners => lostOwners;

    /// <summary>
    /// Waits, before the CA is asked, until the files of a pair can be replaced: on Windows another process that has one
    /// open, or a right that is missing, costs no certificate then.
    /// </summary>
    /// <exception cref="RenewalException">A file can't be replaced (<see cref="ErrorId.FileInUse"/>, <see cref="ErrorId.FolderNotWritable"/>).</exception>
    public static async Task RequireReplaceableAsync(IVolume volume, PairPaths paths, bool withKey, SharingRetry retry)
    {
        await retry.RunAsync(() => volume.RequireReplaceable(paths.Certificate), paths.Certificate).ConfigureAwait(false);
        if (withKey && !paths.IsOneFile)
            await retry.RunAsync(() => volume.RequireReplaceable(paths.Key), paths.Key).ConfigureAwait(false);
    }

    /// <summary>
    /// Makes the empty new files with the rights of the old ones, before the CA is asked: a folder that may not be
    /// written, or an owner that can't be kept, costs no certificate then.
    /// </summary>
    /// <param name="volume">The file system.</param>
    /// <param name="paths">The pair.</param>
    /// <param name="withKey">Whether the key is replaced as well.</param>
    /// <param name="retry">Tries again where a reader hinders.</param>
    /// <param name="witness">Asked before the old files go; null to let them go unasked.</param>
    /// <exception cref="RenewalException">They can't be made; nothing is left behind.</exception>
    public static PairReplacement Stage(IVolume volume, PairPaths paths, bool withKey, SharingRetry retry, PairWitness? witness)
    {
        var replacement = new PairReplacement(volume, paths, retry, witness);
        try
        {
            replacement.Stage(paths.StagedCertificate, paths.Certificate);
            if (withKey && !paths.IsOneFile)
                replacement.Stage(paths.StagedKey, paths.Key);
            return replacement;
        }
        catch
        {
            replacement.Dispose();
            throw;
        }
    }

    /// <summary>Puts the new certificate, and the new key if there is one, in the place of the old.</summary>
    /// <param name="certificate">The certificate file: what was loaded, and what it is to hold.</param>
    /// <param name="key">The key file likewise; null where it stays, or stands in the certificate file.</param>
    /// <returns>False where somebody else had replaced a file since it was loaded; theirs stands.</returns>
    /// <exception cref="RenewalException">A file can't be written or replaced; the old pair stands.</exception>
    public async Task<bool> CommitAsync(FileChange certificate, FileChange? key)
    {
        var certificateSwap = Fill(paths.Certificate, paths.StagedCertificate, paths.OldCertificate, certificate);
        var keySwap = key is null ? null : Fill(paths.Key, paths.StagedKey, paths.OldKey, key);
        isSwapping = true;
        try
        {
            var isDone = await SwapAsync(certificateSwap, keySwap).ConfigureAwait(false);
            // Done or undone, before what came out is deleted: else a power loss could keep its loss and forget the rest.
            Flush();
            isSwapping = false;
            isReplaced = isDone;
            return isDone;
        }
        catch
        {
            await BackAsync(certificateSwap, keySwap).ConfigureAwait(false);
            Flush();
            isSwapping = false;
            isReplaced = false;
            throw;
        }
    }

    /// <summary>Takes what is left of the staged files away; after an exchange these are the old ones.</summary>
    public void Dispose()
    {
        foreach (var file in staged.Values)
            file.Dispose();
        // A swap that could neither be finished nor undone is the recovery's: it needs what lies there. So is one that
        // left something else than a pair in the place of the old one, whoever did that.
        if (isSwapping || (isReplaced is { } replaced && witness?.CanSpareTheOld(replaced) == false))
            return;
        foreach (var path in names.Where(volume.Exists))
            PairSweep.TryDelete(volume, path);
    }

    private void Stage(string path, string model)
    {
        try
        {
            var file = staged[path] = volume.CreateLike(path, model);
            if (file.LostOwner is { } owner)
                lostOwners.Add((model, owner));
            names.Add(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw WriteErrors.Map(e, model);
        }
    }

    private FileSwap Fill(string target, string path, string old, FileChange change)
    {
        try
        {
            names.Add(old);
            staged[path].Write(change.After);
            staged[path].Flush();
            staged[path].Dispose();
            return new FileSwap(volume, target, path, old, change.Before, change.After);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw WriteErrors.Map(e, target);
        }
    }

    // The key first: the new certificate, which can be had again, waits on disk until the key is in its place.
    private async Task<bool> SwapAsync(FileSwap certificate, FileSwap? key)
    {
        if (key is not null && !await key.InAsync(retry).ConfigureAwait(false))
            return false;
        var isIn = await certificate.InAsync(retry).ConfigureAwait(false);
        if (isIn && (key is null || (key.Holds && certificate.Holds)))
            return true;
        // Somebody wrote one of the two between the exchanges: each file goes back to what it would be without us.
        await BackAsync(certificate, key).ConfigureAwait(false);
        return false;
    }

    private async Task BackAsync(FileSwap certificate, FileSwap? key)
    {
        await certificate.BackAsync(retry).ConfigureAwait(false);
        await (key?.BackAsync(retry) ?? Task.CompletedTask).ConfigureAwait(false);
    }

    private void Flush()
    {
        try
        {
            foreach (var folder in names.Select(path => Path.GetDirectoryName(path)!).Distinct())
                volume.FlushFolder(folder);
        }
        catch (IOException e)
        {
            throw WriteErrors.Map(e, paths.Certificate);
        }
    }
}
