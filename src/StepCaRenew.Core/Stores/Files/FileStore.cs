using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Stores.Files;

/// <summary>
/// A pair in files, during one attempt: the lock, the record, the recovery and the replacement, which are the same for every form
/// of files. The folders are opened once: wherever the paths of the user lead later, all reads, the lock and the replacement
/// concern the same files.
/// </summary>
internal abstract class FileStore : IPairStore
{
    private readonly IVolume volume;
    private readonly SharingRetry retry;
    private readonly PairRecovery recovery;
    private readonly IPairForm form;
    private PairLock? pairLock;

    /// <summary>Opens the files; the store disposes the folders.</summary>
    protected FileStore(PairLocation location, OpenFolders folders, PairPaths paths, IPairForm form, StoreServices services)
    {
        (Location, Folders, Paths, this.form, Services) = (location, folders, paths, form, services);
        volume = services.Volumes(folders);
        Record = new FileRecord(paths, volume, folders, services, form);
        (retry, recovery) = (new SharingRetry(services.Clock), new PairRecovery(volume, services.Clock, services.Logger, location.MayBeNew));
    }

    /// <summary>The files, links resolved.</summary>
    public PairPaths Paths { get; }

    /// <inheritdoc/>
    public IPairRecord Record { get; }

    /// <inheritdoc/>
    public bool IsLocked => PairLock.IsHeld(Folders, Paths);

    /// <inheritdoc/>
    public bool IsInterrupted => recovery.IsNeeded(Paths);

    /// <summary>The pair as the user or a definition names it.</summary>
    protected PairLocation Location { get; }

    /// <summary>The folders of the files.</summary>
    protected OpenFolders Folders { get; }

    /// <summary>The clock and the log.</summary>
    protected StoreServices Services { get; }

    /// <inheritdoc/>
    public abstract PairSnapshot? TryPeek();

    /// <inheritdoc/>
    public async Task LockAsync(TimeSpan timeout, CancellationToken cancellationToken) =>
        pairLock = await PairLock.AcquireAsync(Folders, Paths, timeout, Services.Clock, Services.Logger, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public void RequireLocked() => pairLock?.RequireInPlace();

    /// <inheritdoc/>
    public Task<bool> RecoverAsync() => recovery.RunAsync(Paths, form);

    /// <inheritdoc/>
    public abstract Task<PairSnapshot> LoadAsync(bool wasRead, Action<PairFacts> onRead, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract PrivateKey LoadKey();

    /// <inheritdoc/>
    public abstract PairVersion ReadVersion();

    /// <inheritdoc/>
    public bool Holds(PairVersion version)
    {
        try
        {
            return version.Equals(ReadVersion());
        }
        catch (RenewalException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public abstract bool IsCurrent(PairSnapshot? known);

    /// <inheritdoc/>
    public abstract void RequireRekeyable(PairSnapshot snapshot, IEnumerable<PairLocation> others);

    /// <inheritdoc/>
    public abstract void RequireUnshared(PrivateKey key, IEnumerable<PairLocation> others, string alternative);

    /// <inheritdoc/>
    public IReadOnlyList<string> FindHardLinks(bool withKey) => [.. HardLinks.Find(Folders, Paths, withKey).Select(file => file.Sentence)];

    /// <inheritdoc/>
    public async Task<IPairReplacement> StageAsync(bool withKey)
    {
        await PairReplacement.RequireReplaceableAsync(volume, Paths, withKey, retry, Location.MayBeNew).ConfigureAwait(false);
        var files = PairReplacement.Stage(
            volume, Paths, withKey, retry, Location.MayBeNew ? null : () => PairState.TryRead(volume, Paths, form)?.IsPairOrDeployment(Paths) == true, Location.MayBeNew);
        return new Replacement(files, (next, expected) => Render(next, expected, withKey));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        pairLock?.Dispose();
        Folders.Dispose();
    }

    /// <summary>The content of the files with a new pair, in the form of the old one.</summary>
    /// <param name="next">The new pair.</param>
    /// <param name="expected">The old content.</param>
    /// <param name="withKey">Whether the key is new.</param>
    protected abstract PairVersion Render(KeyedCertificate next, PairVersion expected, bool withKey);

    /// <summary>Waits for another process that is writing the pair right now.</summary>
    protected static async Task<T> WaitAsync<T>(WriterWait wait, Func<T?> read, CancellationToken cancellationToken)
        where T : class
    {
        for (; ; await wait.PauseAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                if (read() is { } done)
                    return done;
            }
            catch (RenewalException e) when (wait.Explains(e))
            {
            }
        }
    }

    /// <summary>Reads a file; null if there is none.</summary>
    /// <exception cref="RenewalException">It cannot be read.</exception>
    protected byte[]? TryRead(string path, string target, string what)
    {
        try
        {
            return InputFile.Read(path, what, _ => Folders.OpenToRead(target)).Bytes;
        }
        catch (RenewalException e) when (e.ErrorId == ErrorId.FileNotFound)
        {
            return null;
        }
        catch (RenewalException e) when (e.ErrorId == ErrorId.FileEmpty)
        {
            return [];
        }
    }

    private sealed class Replacement(PairReplacement files, Func<KeyedCertificate, PairVersion, PairVersion> render) : IPairReplacement
    {
        public IEnumerable<(string Path, string Owner)> LostOwners => files.LostOwners;

        public async Task<PairVersion?> CommitAsync(KeyedCertificate next, PairVersion expected)
        {
            var version = render(next, expected);
            return await files.CommitAsync(version, expected).ConfigureAwait(false) ? version : null;
        }

        public void DropOld() => files.DropOld();

        public void Dispose() => files.Dispose();
    }
}
