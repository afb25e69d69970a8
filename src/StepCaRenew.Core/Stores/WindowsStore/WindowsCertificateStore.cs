using System.Security.Cryptography;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FileSystem;
using StepCaRenew.Stores.Files;

namespace StepCaRenew.Stores.WindowsStore;

/// <summary>
/// A pair in a certificate store. Its key stays where it is. A renewed certificate is added, and the old one stays; the lock and the record
/// of follow-ups are in the state folder, by the store and the subject.
/// </summary>
internal sealed class WindowsCertificateStore : IPairStore
{
    private readonly PairLocation location;
    private readonly StoreCertificatePath path;
    private readonly StoreServices services;
    private readonly OpenFolders folders = new();
    private readonly StoreRecordFile recordFile;
    private readonly PairPaths paths;
    private PairLock? pairLock;

    private WindowsCertificateStore(PairLocation location, StoreServices services)
    {
        (this.location, this.services, path) = (location, services, StoreCertificatePath.Parse(location.CertificatePath));
        recordFile = new StoreRecordFile(services.StoreRecords(path.Store.Scope), path.Store.Location, path.Store.Scope, services.Clock);
        var anchor = AnchorOf(Require());
        paths = PairPaths.Resolve(location, anchor, anchor);
        Record = new StorePairRecord(new FileRecord(paths, services.Volumes(folders), folders, services, new PemFiles.PemPairForm(null)), () => Find() is { } found ? SerialOf(found) : null);
    }

    /// <inheritdoc/>
    public IPairRecord Record { get; }

    /// <inheritdoc/>
    public bool IsLocked => PairLock.IsHeld(folders, paths);

    /// <inheritdoc/>
    // Adding a certificate is one step: there is nothing to complete or undo.
    public bool IsInterrupted => false;

    /// <summary>Finds the certificate and opens the folder of its lock; see <see cref="PairLocation.OpenAsync"/>.</summary>
    /// <exception cref="RenewalException">There is no such certificate, or the state folder cannot be made.</exception>
    public static IPairStore Open(PairLocation location, StoreServices services)
    {
        if (location.MayBeNew)
            throw new RenewalException(
                ErrorId.StoreUnsupported, $"A first certificate cannot be requested for '{location.CertificatePath}'.", "Name a file in -CertificatePath, and the store in -Store: then the pair is also put there.");
        if (location.KeyPath is { } key && !StoreCertificatePath.IsInStore(key))
            throw new RenewalException(ErrorId.ConflictingParameters, $"A key was named for '{location.CertificatePath}', but a certificate in a store knows its key.", "Leave out -KeyPath.");
        return new WindowsCertificateStore(location, services);
    }

    /// <inheritdoc/>
    public PairSnapshot? TryPeek()
    {
        try
        {
            return Load(_ => { });
        }
        catch (RenewalException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task LockAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        recordFile.MakeFolder();
        pairLock = await PairLock.AcquireAsync(folders, paths, timeout, services.Clock, services.Logger, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void RequireLocked() => pairLock?.RequireInPlace();

    /// <inheritdoc/>
    public Task<bool> RecoverAsync() => Task.FromResult(false);

    /// <inheritdoc/>
    public Task<PairSnapshot> LoadAsync(bool wasRead, Action<PairFacts> onRead, CancellationToken cancellationToken) => Task.FromResult<PairSnapshot>(Load(onRead));

    /// <inheritdoc/>
    public PrivateKey LoadKey() => OpenKey(Require()).Key;

    /// <inheritdoc/>
    public PairVersion ReadVersion() => Find() is { } found ? VersionOf(found.Der) : PairVersion.None;

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
            return Find() is { } found && AnchorOf(found) == paths.Certificate;
        }
        catch (RenewalException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    // A new key gets a container of its own, and other certificates keep the old one.
    public void RequireRekeyable(PairSnapshot snapshot, IEnumerable<PairLocation> others)
    {
    }

    /// <inheritdoc/>
    public void RequireUnshared(PrivateKey key, IEnumerable<PairLocation> others, string alternative)
    {
    }

    /// <inheritdoc/>
    public void RequireStorable(PrivateKey key)
    {
        using var old = OpenKey(Require());
        if (old.Container is not { } container)
            return;
        if (!container.IsSoftware)
            throw new RenewalException(
                ErrorId.StoreUnsupported, $"'{location.CertificatePath}' cannot get a new key: its key is in '{container.ProviderName}', and this module makes keys in software alone.", "Renew it without -Rekey.");
        container.RequireFor(key.Algorithm);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> FindHardLinks(bool withKey) => [];

    /// <inheritdoc/>
    public Task<IPairReplacement> StageAsync(bool withKey)
    {
        services.CertificateStores.RequireWritable(path.Store);
        recordFile.Read();
        return Task.FromResult<IPairReplacement>(new StoreReplacement(path, services.CertificateStores, recordFile, Find, withKey, services.Clock));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        pairLock?.Dispose();
        folders.Dispose();
    }

    private StoreLookup Lookup => new(services.CertificateStores, recordFile.Read(), services.Clock.GetUtcNow());

    private static PairVersion VersionOf(byte[] der) => new(der);

    private static string SerialOf(StoredCertificate stored)
    {
        using var certificate = StoreLookup.Load(stored);
        return certificate.SerialNumber;
    }

    private StoredCertificate? Find() => Lookup.Find(path);

    private StoredCertificate Require() => Find() ?? throw StoreLookup.NotFound(path);

    private StoredKey OpenKey(StoredCertificate found) => services.CertificateStores.OpenKey(path.Store, found.Thumbprint) ?? throw new RenewalException(
        ErrorId.KeyNotFound, $"The certificate '{path.Store.Path}\\{found.Thumbprint}' has no private key in the store.", "Import the certificate with its key.");

    // All certificates of one subject in one store share the lock: they can be predecessors of one another.
    private string AnchorOf(StoredCertificate found)
    {
        using var certificate = StoreLookup.Load(found);
        var id = Convert.ToHexString(SHA256.HashData(certificate.SubjectName.RawData))[..16];
        return Path.Combine(Path.GetDirectoryName(recordFile.Path)!, $"{path.Store.Location}-{path.Store.Name.ToUpperInvariant()}-{id}");
    }

    private StoreSnapshot Load(Action<PairFacts> onRead)
    {
        var found = Require();
        var (leaf, key) = (StoreLookup.Load(found), OpenKey(found));
        var snapshot = new StoreSnapshot($@"{path.Store.Path}\{found.Thumbprint}", leaf, key, () => Lookup.FindChain(path.Store, leaf), VersionOf(found.Der));
        onRead(snapshot.Facts);
        if (snapshot.Keyed.Matches)
            return snapshot;
        snapshot.Dispose();
        throw new RenewalException(ErrorId.KeyMismatch, $"The private key of '{path.Store.Path}\\{found.Thumbprint}' does not match it.", "Import the certificate with its own key.");
    }
}
