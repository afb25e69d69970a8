using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Certificates.Pem;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>
/// A pair in PEM or DER files, during one attempt. Its folders are opened once: wherever the paths of the user lead later,
/// all reads, the lock and the replacement concern the same files.
/// </summary>
internal sealed class PemFileStore : IPairStore
{
    private const string CertificateFileName = "certificate file";
    private const string KeyFileName = "key file";

    private readonly PairLocation location;
    private readonly string keyPath;
    private readonly StoreServices services;
    private readonly OpenFolders folders;
    private readonly IVolume volume;
    private readonly SharingRetry retry;
    private readonly PairRecovery recovery;
    private PemDocument? opened;
    private PairLock? pairLock;

    private PemFileStore(PairLocation location, OpenFolders folders, PairPaths paths, string keyPath, PemDocument? certificate, StoreServices services)
    {
        (this.location, this.keyPath, this.services, this.folders, Paths, opened) = (location, keyPath, services, folders, paths, certificate);
        volume = services.Volumes(folders);
        Record = new PemRecord(paths, volume, folders, services);
        (retry, recovery) = (new SharingRetry(services.Clock), new PairRecovery(volume, services.Clock, services.Logger, location.MayBeNew));
    }

    /// <summary>The files, links resolved.</summary>
    public PairPaths Paths { get; }

    /// <inheritdoc/>
    public IPairRecord Record { get; }

    /// <inheritdoc/>
    public bool IsLocked => PairLock.IsHeld(folders, Paths);

    /// <inheritdoc/>
    public bool IsInterrupted => recovery.IsNeeded(Paths);

    /// <summary>Finds the files of a pair and opens their folders; see <see cref="PairLocation.OpenAsync"/>.</summary>
    public static async Task<IPairStore> OpenAsync(PairLocation location, bool wasRead, StoreServices services, CancellationToken cancellationToken)
    {
        for (var wait = new WriterWait(location, wasRead, services.Clock, services.Logger); ; await wait.PauseAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                return Open(location, services);
            }
            catch (RenewalException e) when (wait.Explains(e))
            {
            }
        }
    }

    /// <inheritdoc/>
    public PairSnapshot? TryPeek()
    {
        try
        {
            var certificate = opened ?? CertificateFile.Read(location.CertificatePath, Open);
            opened = null;
            return PemSnapshot.TryCreate(certificate, KeyFile.Load(keyPath, location.KeyPassword, Open));
        }
        catch (RenewalException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task LockAsync(TimeSpan timeout, CancellationToken cancellationToken) =>
        pairLock = await PairLock.AcquireAsync(folders, Paths, timeout, services.Clock, services.Logger, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public void RequireLocked() => pairLock?.RequireInPlace();

    /// <inheritdoc/>
    public Task<bool> RecoverAsync() => recovery.RunAsync(Paths, location.KeyPassword);

    /// <inheritdoc/>
    public async Task<PairSnapshot> LoadAsync(bool wasRead, Action<PairFacts> onRead, CancellationToken cancellationToken)
    {
        for (var wait = new WriterWait(location, wasRead, services.Clock, services.Logger); ; await wait.PauseAsync(cancellationToken).ConfigureAwait(false))
        {
            if (TryLoad(wait) is not { } pair)
                continue;
            onRead(pair.Facts);
            if (pair.Matches)
                return new PemSnapshot(pair);
            using (pair)
            {
                if (!wait.Explains(pair))
                    throw KeyMismatch.Describe(pair.Certificate, pair.KeyFile);
            }
        }
    }

    /// <inheritdoc/>
    public PrivateKey LoadKey()
    {
        try
        {
            return KeyFile.Load(keyPath, location.KeyPassword, Open).Key;
        }
        catch (RenewalException e) when (e.ErrorId == ErrorId.FileNotFound)
        {
            throw new RenewalException(ErrorId.KeyNotFound, $"There is no key '{keyPath}' for the certificate '{location.CertificatePath}'.", "Name the key with -KeyPath.", e);
        }
    }

    /// <inheritdoc/>
    public PairVersion ReadVersion()
    {
        var certificate = TryRead(location.CertificatePath, Paths.Certificate, CertificateFileName);
        return new PairVersion(certificate, Paths.IsOneFile ? certificate : TryRead(keyPath, Paths.Key, KeyFileName));
    }

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
    public bool IsCurrent(PairSnapshot? known)
    {
        try
        {
            return FindKey(known as PemSnapshot) == keyPath && folders.IsStillAt(location.CertificatePath, Paths.Certificate) && folders.IsStillAt(keyPath, Paths.Key);
        }
        catch (RenewalException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void RequireRekeyable(PairSnapshot snapshot, IEnumerable<PairLocation> others)
    {
        if (!Paths.IsOneFile)
            ((PemSnapshot)snapshot).RequireUnmixed();
        RequireUnshared(snapshot.Keyed.Key, others, "Renew both without -Rekey");
    }

    /// <inheritdoc/>
    public void RequireUnshared(PrivateKey key, IEnumerable<PairLocation> others, string alternative)
    {
        if (new SharedKey(folders, Paths, key, services.Clock.GetUtcNow(), services.PublicKeys).FindUser([location.CertificatePath, keyPath], location.Published, others) is { } user)
            throw new RenewalException(
                ErrorId.KeyShared, $"'{location.CertificatePath}' cannot get a new key: the certificate '{user}' has the same key '{keyPath}', and would not match the new one. Nothing was changed.",
                $"{alternative}, or give each a key of its own. If nothing uses '{user}', delete it or move it to another folder.");
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> FindHardLinks(bool withKey) => [.. HardLinks.Find(folders, Paths, withKey).Select(file => file.Sentence)];

    /// <inheritdoc/>
    public async Task<IPairReplacement> StageAsync(bool withKey)
    {
        await PairReplacement.RequireReplaceableAsync(volume, Paths, withKey, retry, location.MayBeNew).ConfigureAwait(false);
        var files = PairReplacement.Stage(
            volume, Paths, withKey, retry, location.MayBeNew ? null : () => PairState.TryRead(volume, Paths, location.KeyPassword)?.IsPairOrDeployment(Paths) == true, location.MayBeNew);
        return new PemReplacement(files, Paths, withKey, location);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        pairLock?.Dispose();
        folders.Dispose();
    }

    private static PemFileStore Open(PairLocation location, StoreServices services)
    {
        var folders = new OpenFolders();
        try
        {
            // Before anything is read: a link that must not be followed is not read through either.
            var certificatePath = folders.Follow(location.CertificatePath);
            var (certificate, keyPath) = PairLocator.Locate(location, _ => folders.OpenToRead(certificatePath), path => folders.Exists(path) ?? KeyPathConvention.Exists(path));
            var paths = PairPaths.Resolve(location, certificatePath, folders.Follow(keyPath));
            if (location.MayBeNew)
                PairLocator.RequireFolders(folders, paths);
            PairLock.RemoveLeftover(folders, paths);
            return new PemFileStore(location, folders, paths, keyPath, certificate, services);
        }
        catch
        {
            folders.Dispose();
            throw;
        }
    }

    private byte[]? TryRead(string path, string target, string what)
    {
        try
        {
            return InputFile.Read(path, what, _ => folders.OpenToRead(target)).Bytes;
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

    private CertificatePair? TryLoad(WriterWait wait)
    {
        try
        {
            return CertificatePair.Load(location.CertificatePath, certificate => location.KeyPath ?? KeyPathConvention.FindRequired(certificate, OpenFolders.IsFile), location.KeyPassword, Open);
        }
        catch (RenewalException e) when (wait.Explains(e))
        {
            return null;
        }
    }

    private string? FindKey(PemSnapshot? known)
    {
        if (location.KeyPath is not null)
            return location.KeyPath;
        return (known?.IsKeyInCertificate ?? PairLocator.HoldsKey(location.CertificatePath, Open)) ? location.CertificatePath
            : KeyPathConvention.FindNextTo(location.CertificatePath, OpenFolders.IsFile) ?? (location.MayBeNew ? KeyPathConvention.ForNew(location.CertificatePath) : null);
    }

    private SmallFile Open(string path) =>
        path == location.CertificatePath ? folders.OpenToRead(Paths.Certificate)
        : path == keyPath ? folders.OpenToRead(Paths.Key)
        // The key is in another place by now; IsCurrent finds that out.
        : SmallFile.Open(path);
}
