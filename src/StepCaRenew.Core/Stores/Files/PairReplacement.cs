using StepCaRenew.FileSystem;

namespace StepCaRenew.Stores.Files;

/// <summary>
/// Replaces the certificate of a pair, or certificate and key. A crash at any point leaves a state that
/// <see cref="PairRecovery"/> completes or undoes; docs/crash-safety.md shows the states.
/// </summary>
internal sealed class PairReplacement : IDisposable
{
    private const UnixFileMode KeyMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode CertificateMode = KeyMode | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly IVolume volume;
    private readonly PairPaths paths;
    private readonly bool mayBeNew;
    private readonly bool withKey;
    private readonly SharingRetry retry;
    private readonly Func<bool>? isPairInPlace;
    private readonly Dictionary<string, IStagedFile> staged = [];
    private readonly List<string> names = [];
    private readonly List<(string Path, string Owner)> lostOwners = [];
    private State state = State.Staged;

    private PairReplacement(IVolume volume, PairPaths paths, bool withKey, SharingRetry retry, Func<bool>? isPairInPlace, bool mayBeNew) =>
        (this.volume, this.paths, this.withKey, this.retry, this.isPairInPlace, this.mayBeNew) = (volume, paths, withKey && !paths.IsOneFile, retry, isPairInPlace, mayBeNew);

    private enum State
    {
        Staged,

        // Neither completed nor undone, as after a crash.
        Swapping,
        Undone,
        Committed,
    }

    /// <summary>The files that will not keep their owner, with that owner.</summary>
    public IEnumerable<(string Path, string Owner)> LostOwners => lostOwners;

    /// <summary>Waits until the files of a pair can be replaced: on Windows another process may have one open.</summary>
    /// <exception cref="RenewalException">A file cannot be replaced (<see cref="ErrorId.FileInUse"/>, <see cref="ErrorId.FolderNotWritable"/>).</exception>
    public static async Task RequireReplaceableAsync(IVolume volume, PairPaths paths, bool withKey, SharingRetry retry, bool mayBeNew = false)
    {
        foreach (var path in withKey && !paths.IsOneFile ? new[] { paths.Certificate, paths.Key } : [paths.Certificate])
        {
            if (!mayBeNew || volume.Exists(path))
                await retry.RunAsync(() => volume.RequireReplaceable(path), path).ConfigureAwait(false);
        }
    }

    /// <summary>Creates the new files, empty, with the permissions of the old ones; those of a file that is not there yet are 0644 for a certificate and 0600 for a key.</summary>
    /// <param name="volume">The file system.</param>
    /// <param name="paths">The pair.</param>
    /// <param name="withKey">Whether the key is replaced too.</param>
    /// <param name="retry">Retries while another process has a file open.</param>
    /// <param name="isPairInPlace">
    /// Whether the files in place are a pair, so that staged files of an undone replacement are not needed; null to remove them always.
    /// </param>
    /// <param name="mayBeNew">Whether a file that is missing is made; otherwise it is an error.</param>
    /// <exception cref="RenewalException">They cannot be created; nothing is left behind.</exception>
    public static PairReplacement Stage(IVolume volume, PairPaths paths, bool withKey, SharingRetry retry, Func<bool>? isPairInPlace, bool mayBeNew = false)
    {
        var replacement = new PairReplacement(volume, paths, withKey, retry, isPairInPlace, mayBeNew);
        try
        {
            replacement.Stage(paths.StagedCertificate, paths.Certificate, paths.IsOneFile ? KeyMode : CertificateMode);
            if (replacement.withKey)
                replacement.Stage(paths.StagedKey, paths.Key, KeyMode);
            return replacement;
        }
        catch
        {
            replacement.Dispose();
            throw;
        }
    }

    /// <summary>Puts the new certificate, and the new key if there is one, in the place of the old.</summary>
    /// <param name="next">The new version.</param>
    /// <param name="expected">The version that is replaced.</param>
    /// <returns>False if another process had replaced a file; its file stays.</returns>
    /// <exception cref="RenewalException">A file cannot be written or replaced; the old pair stays.</exception>
    public async Task<bool> CommitAsync(PairVersion next, PairVersion expected)
    {
        var certificate = Fill(paths.Certificate, paths.StagedCertificate, paths.OldCertificate, expected[0], next[0]!);
        var key = withKey ? Fill(paths.Key, paths.StagedKey, paths.OldKey, expected[1], next[1]!) : null;
        // A file without a predecessor has no exchange that puts both names on disk at once: the staged names must be there first.
        if (mayBeNew)
            Flush();
        state = State.Swapping;
        try
        {
            var isDone = await SwapAsync(certificate, key).ConfigureAwait(false);
            // On disk before an old file is deleted: otherwise a power loss could keep the deletion and lose the exchange.
            Flush();
            state = isDone ? State.Committed : State.Undone;
            return isDone;
        }
        catch
        {
            await RestoreAsync(certificate, key).ConfigureAwait(false);
            Flush();
            state = State.Undone;
            throw;
        }
    }

    /// <summary>
    /// Removes the old files after a commit, when it was checked that a pair that matches is in place. Without this step they
    /// stay, and the next run uses or removes them.
    /// </summary>
    public void DropOld()
    {
        if (state != State.Committed)
            throw new InvalidOperationException("Nothing was committed.");
        RemoveLeftovers();
    }

    /// <summary>Closes the staged files, and removes them if they were not committed and recovery does not need them.</summary>
    public void Dispose()
    {
        foreach (var file in staged.Values)
            file.Dispose();
        if (state == State.Staged || (state == State.Undone && isPairInPlace?.Invoke() != false))
            RemoveLeftovers();
    }

    private void RemoveLeftovers()
    {
        foreach (var path in names.Where(volume.Exists))
            PairSweep.TryDelete(volume, path);
    }

    private void Stage(string path, string model, UnixFileMode mode)
    {
        try
        {
            var file = staged[path] = mayBeNew && !volume.Exists(model) ? volume.Create(path, mode) : volume.CreateLike(path, model);
            if (file.LostOwner is { } owner)
                lostOwners.Add((model, owner));
            names.Add(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw WriteErrors.Map(e, model);
        }
    }

    private FileSwap Fill(string target, string path, string backup, byte[]? before, byte[] after)
    {
        try
        {
            names.Add(backup);
            staged[path].Write(after);
            staged[path].Flush();
            staged[path].Dispose();
            return new FileSwap(volume, target, path, backup, before, after);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw WriteErrors.Map(e, target);
        }
    }

    // The key first: a staged certificate can be requested again, a staged key cannot.
    private async Task<bool> SwapAsync(FileSwap certificate, FileSwap? key)
    {
        if (key is not null && !await key.ReplaceAsync(retry).ConfigureAwait(false))
            return false;
        var isReplaced = await certificate.ReplaceAsync(retry).ConfigureAwait(false);
        if (isReplaced && (key is null || (key.Holds && certificate.Holds)))
            return true;
        // Another process wrote one of the two between the exchanges; its file and the other old file must be in place.
        await RestoreAsync(certificate, key).ConfigureAwait(false);
        return false;
    }

    private async Task RestoreAsync(FileSwap certificate, FileSwap? key)
    {
        await certificate.RestoreAsync(retry).ConfigureAwait(false);
        await (key?.RestoreAsync(retry) ?? Task.CompletedTask).ConfigureAwait(false);
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
