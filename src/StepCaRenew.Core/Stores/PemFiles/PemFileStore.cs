using Microsoft.Extensions.Logging;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Certificates.Pem;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>
/// A pair in PEM or DER files, during one attempt. Its folders are opened once: wherever the paths of the user lead later,
/// all reads, the lock and the replacement concern the same files.
/// </summary>
internal sealed class PemFileStore : IDisposable
{
    private const string CertificateFileName = "certificate file";
    private const string KeyFileName = "key file";

    private readonly PairLocation location;
    private readonly string keyPath;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly SharingRetry retry;
    private readonly PairRecovery recovery;
    private PemDocument? opened;

    private PemFileStore(PairLocation location, OpenFolders folders, PairPaths paths, string keyPath, PemDocument? certificate, Func<OpenFolders, IVolume> volumes, TimeProvider clock, ILogger logger)
    {
        (this.location, this.keyPath, this.clock, this.logger, opened) = (location, keyPath, clock, logger, certificate);
        (Folders, Paths, Volume) = (folders, paths, volumes(folders));
        (retry, recovery) = (new SharingRetry(clock), new PairRecovery(Volume, clock, logger));
    }

    /// <summary>The files, links resolved.</summary>
    public PairPaths Paths { get; }

    /// <summary>The open folders.</summary>
    public OpenFolders Folders { get; }

    /// <summary>The file system.</summary>
    public IVolume Volume { get; }

    /// <summary>Whether a run holds the lock of the pair.</summary>
    public bool IsLocked => PairLock.IsHeld(Folders, Paths);

    /// <summary>Whether a replacement of the pair was interrupted, or is in progress.</summary>
    public bool IsInterrupted => recovery.IsNeeded(Paths);

    /// <summary>Finds the files of a pair and opens their folders; waits for a deployment in progress.</summary>
    /// <param name="location">The pair.</param>
    /// <param name="wasRead">Whether this run has read the pair before; then it also waits for a missing file.</param>
    /// <param name="volumes">Makes the file system over the open folders.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="logger">The logger.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RenewalException">The certificate cannot be read, or there is no key next to it.</exception>
    public static async Task<PemFileStore> OpenAsync(
        PairLocation location, bool wasRead, Func<OpenFolders, IVolume> volumes, TimeProvider clock, ILogger logger, CancellationToken cancellationToken)
    {
        for (var wait = new WriterWait(location, wasRead, clock, logger); ; await wait.PauseAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                return Open(location, volumes, clock, logger);
            }
            catch (RenewalException e) when (wait.Explains(e))
            {
            }
        }
    }

    /// <summary>Reads the pair without decoding a certificate.</summary>
    /// <returns>Null if it is not a single leaf with its key; <see cref="LoadAsync"/> then waits, or reports why.</returns>
    public PairSnapshot? TryPeek()
    {
        try
        {
            var certificate = opened ?? CertificateFile.Read(location.CertificatePath, Open);
            opened = null;
            return PairSnapshot.TryCreate(certificate, KeyFile.Load(keyPath, location.KeyPassword, Open));
        }
        catch (RenewalException)
        {
            return null;
        }
    }

    /// <summary>Acquires the lock of the pair; see <see cref="PairLock.AcquireAsync"/>.</summary>
    public Task<PairLock?> LockAsync(TimeSpan timeout, CancellationToken cancellationToken) =>
        PairLock.AcquireAsync(Folders, Paths, timeout, clock, logger, cancellationToken);

    /// <summary>Completes or undoes an interrupted replacement.</summary>
    /// <returns>True if a file of the pair was replaced.</returns>
    /// <exception cref="RenewalException">The pair cannot be completed (<see cref="ErrorId.RecoveryBlocked"/>).</exception>
    public Task<bool> RecoverAsync() => recovery.RunAsync(Paths, location.KeyPassword);

    /// <summary>Reads and decodes the pair, and requires that it matches; waits for a deployment in progress.</summary>
    /// <param name="wasRead">Whether this run has read the pair before; then it also waits for a missing file.</param>
    /// <param name="onRead">Receives the facts of the pair, even if it does not match.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RenewalException">A file cannot be read, or certificate and key do not match.</exception>
    public async Task<PairSnapshot> LoadAsync(bool wasRead, Action<PairFacts> onRead, CancellationToken cancellationToken)
    {
        for (var wait = new WriterWait(location, wasRead, clock, logger); ; await wait.PauseAsync(cancellationToken).ConfigureAwait(false))
        {
            if (TryLoad(wait) is not { } pair)
                continue;
            onRead(PairFacts.FromPair(pair));
            if (pair.Matches)
                return new PairSnapshot(pair);
            using (pair)
            {
                if (!wait.Explains(pair))
                    throw KeyMismatch.Describe(pair.Certificate, pair.KeyFile);
            }
        }
    }

    /// <summary>Whether the files have this version.</summary>
    public bool Holds(PairVersion version)
    {
        try
        {
            var certificate = InputFile.Read(location.CertificatePath, CertificateFileName, _ => Folders.OpenToRead(Paths.Certificate)).Bytes;
            var key = Paths.IsOneFile ? certificate : InputFile.Read(keyPath, KeyFileName, _ => Folders.OpenToRead(Paths.Key)).Bytes;
            return version.Equals(new PairVersion(certificate, key));
        }
        catch (RenewalException)
        {
            return false;
        }
    }

    /// <summary>Whether the location still leads to these files; a link can be changed to another folder at any time.</summary>
    /// <param name="known">The present contents, if they are known, so that the certificate is not read again.</param>
    public bool IsCurrent(PairSnapshot? known)
    {
        try
        {
            return FindKey(known) == keyPath && Folders.IsStillAt(location.CertificatePath, Paths.Certificate) && Folders.IsStillAt(keyPath, Paths.Key);
        }
        catch (RenewalException)
        {
            return false;
        }
    }

    /// <summary>Whether the location leads to other files by now, or the files have another version.</summary>
    public bool HasChanged(PairSnapshot? known) => !IsCurrent(known) || (known is not null && !Holds(known.Version));

    /// <summary>The files that a replacement replaces and that have other hard links.</summary>
    public IReadOnlyList<HardLinks> FindHardLinks(bool withKey) => HardLinks.Find(Folders, Paths, withKey);

    /// <summary>
    /// Creates the new files, still empty, before the CA is asked: a folder that cannot be written, or a file that another
    /// process keeps open, costs no certificate then.
    /// </summary>
    /// <exception cref="RenewalException">The files cannot be replaced; nothing was changed.</exception>
    public async Task<PairReplacement> StageAsync(bool withKey)
    {
        await PairReplacement.RequireReplaceableAsync(Volume, Paths, withKey, retry).ConfigureAwait(false);
        return PairReplacement.Stage(Volume, Paths, withKey, retry, () => PairState.TryRead(Volume, Paths, location.KeyPassword)?.IsPairOrDeployment(Paths) == true);
    }

    /// <inheritdoc/>
    public void Dispose() => Folders.Dispose();

    private static PemFileStore Open(PairLocation location, Func<OpenFolders, IVolume> volumes, TimeProvider clock, ILogger logger)
    {
        var folders = new OpenFolders();
        try
        {
            // Before anything is read: a link that must not be followed is not read through either.
            var certificatePath = TargetPath.Follow(location.CertificatePath);
            var (certificate, keyPath) = PairLocator.Locate(location, _ => folders.OpenToRead(certificatePath), path => folders.Exists(path) ?? KeyPathConvention.Exists(path));
            return new PemFileStore(location, folders, PairPaths.Resolve(location, certificatePath, folders.Follow(keyPath)), keyPath, certificate, volumes, clock, logger);
        }
        catch
        {
            folders.Dispose();
            throw;
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

    private string? FindKey(PairSnapshot? known)
    {
        if (location.KeyPath is not null)
            return location.KeyPath;
        return (known?.IsKeyInCertificate ?? IsKeyInCertificate()) ? location.CertificatePath : KeyPathConvention.FindNextTo(location.CertificatePath, OpenFolders.IsFile);
    }

    // A certificate file that cannot be read may be half written; its key may be next to it.
    private bool IsKeyInCertificate()
    {
        try
        {
            return CertificateFile.Read(location.CertificatePath, Open).HoldsKey;
        }
        catch (RenewalException)
        {
            return false;
        }
    }

    private SmallFile Open(string path) =>
        path == location.CertificatePath ? Folders.OpenToRead(Paths.Certificate)
        : path == keyPath ? Folders.OpenToRead(Paths.Key)
        // The key is in another place by now; IsCurrent finds that out.
        : SmallFile.Open(path);
}
