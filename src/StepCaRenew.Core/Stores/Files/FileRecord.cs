using StepCaRenew.FileSystem;

namespace StepCaRenew.Stores.Files;

/// <summary>The record of follow-ups in a file next to the certificate, or in the state folder of a registered renewal.</summary>
internal sealed class FileRecord(PairPaths paths, IVolume volume, OpenFolders folders, StoreServices services, IPairForm form) : IPairRecord
{
    private readonly SharingRetry retry = new(services.Clock);

    /// <inheritdoc/>
    public string Path => paths.Pending;

    /// <inheritdoc/>
    public string LockPath => paths.Acting;

    /// <inheritdoc/>
    public bool Exists => volume.Exists(paths.Pending);

    /// <inheritdoc/>
    public byte[]? Read() => volume.Read(paths.Pending);

    /// <inheritdoc/>
    public void Stage(byte[] content)
    {
        if (volume.Exists(paths.StagedPending))
            volume.Delete(paths.StagedPending);
        using var file = volume.CreateOwn(paths.StagedPending);
        file.Write(content);
        file.Flush();
    }

    /// <inheritdoc/>
    public void Commit() => retry.Run(() => volume.Rename(paths.StagedPending, paths.Pending));

    /// <inheritdoc/>
    public void Flush() => volume.FlushFolder(System.IO.Path.GetDirectoryName(paths.Pending)!);

    /// <inheritdoc/>
    public void Unstage() => PairSweep.TryDelete(volume, paths.StagedPending);

    /// <inheritdoc/>
    public void Delete() => retry.Run(() => volume.Delete(paths.Pending));

    /// <inheritdoc/>
    public (LockOutcome Outcome, IDisposable? Lock) TryLock() => LockFile.TryOpen(folders, paths.Acting);

    /// <inheritdoc/>
    public string? ReadSerialNumber() =>
        volume.Read(paths.Certificate) is { } bytes ? form.ReadCertificate(new InputFile(paths.Certificate, bytes, default)) : null;

    /// <inheritdoc/>
    public async Task UnderPairLockAsync(TimeSpan timeout, Action<IPairRecord> work)
    {
        using var opened = new OpenFolders();
        // The record belongs to the certificate, so the key need not be locked.
        using var held = await PairLock.AcquireAsync(opened, paths with { Key = paths.Certificate }, timeout, services.Clock, services.Logger, CancellationToken.None).ConfigureAwait(false);
        work(new FileRecord(paths, services.Volumes(opened), opened, services, form));
    }
}
