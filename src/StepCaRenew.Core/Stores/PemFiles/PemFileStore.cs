using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Certificates.Pem;
using StepCaRenew.FileSystem;
using StepCaRenew.Stores.Files;
using StepCaRenew.Stores.PfxFiles;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>A pair in PEM or DER files.</summary>
internal sealed class PemFileStore : FileStore
{
    private const string CertificateFileName = "certificate file";
    private const string KeyFileName = "key file";

    private readonly string keyPath;
    private PemDocument? opened;

    private PemFileStore(PairLocation location, OpenFolders folders, PairPaths paths, string keyPath, PemDocument? certificate, StoreServices services)
        : base(location, folders, paths, new PemPairForm(location.KeyPassword), services) => (this.keyPath, opened) = (keyPath, certificate);

    /// <summary>Finds the files of a pair and opens their folders; see <see cref="PairLocation.OpenAsync"/>.</summary>
    public static Task<IPairStore> OpenAsync(PairLocation location, bool wasRead, StoreServices services, CancellationToken cancellationToken) =>
        WaitAsync(WaitFor(location, wasRead, services), () => Open(location, services), cancellationToken);

    /// <inheritdoc/>
    public override PairSnapshot? TryPeek()
    {
        try
        {
            var certificate = opened ?? CertificateFile.Read(Location.CertificatePath, Open);
            opened = null;
            return PemSnapshot.TryCreate(certificate, KeyFile.Load(keyPath, Location.KeyPassword, Open), Services.Issuers);
        }
        catch (RenewalException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public override Task<PairSnapshot> LoadAsync(bool wasRead, Action<PairFacts> onRead, CancellationToken cancellationToken)
    {
        var wait = WaitFor(Location, wasRead, Services);
        return WaitAsync<PairSnapshot>(wait, () => TryLoad(wait, onRead), cancellationToken);
    }

    /// <inheritdoc/>
    public override PrivateKey LoadKey()
    {
        try
        {
            return KeyFile.Load(keyPath, Location.KeyPassword, Open).Key;
        }
        catch (RenewalException e) when (e.ErrorId == ErrorId.FileNotFound)
        {
            throw new RenewalException(ErrorId.KeyNotFound, $"There is no key '{keyPath}' for the certificate '{Location.CertificatePath}'.", "Name the key with -KeyPath.", e);
        }
    }

    /// <inheritdoc/>
    public override PairVersion ReadVersion()
    {
        var certificate = TryRead(Location.CertificatePath, Paths.Certificate, CertificateFileName);
        return new PairVersion(certificate, Paths.IsOneFile ? certificate : TryRead(keyPath, Paths.Key, KeyFileName));
    }

    /// <inheritdoc/>
    public override bool IsCurrent(PairSnapshot? known)
    {
        try
        {
            using var now = new NamedFolders(Folders);
            return FindKey(known as PemSnapshot, now.IsFile) == keyPath && now.IsStillAt(Location.CertificatePath, Paths.Certificate) && now.IsStillAt(keyPath, Paths.Key);
        }
        catch (RenewalException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public override void RequireRekeyable(PairSnapshot snapshot, IEnumerable<PairLocation> others)
    {
        if (!Paths.IsOneFile)
            ((PemSnapshot)snapshot).RequireUnmixed();
        RequireUnshared(snapshot.Keyed.Key, others, "Renew both without -Rekey");
    }

    /// <inheritdoc/>
    public override void RequireUnshared(PrivateKey key, IEnumerable<PairLocation> others, string alternative)
    {
        if (new SharedKey(Folders, Paths, key, Services.Clock.GetUtcNow(), Services.PublicKeys).FindUser([Location.CertificatePath, keyPath], Location.Published, others) is { } user)
            throw new RenewalException(
                ErrorId.KeyShared, $"'{Location.CertificatePath}' cannot get a new key: the certificate '{user}' has the same key '{keyPath}', and would not match the new one. Nothing was changed.",
                $"{alternative}, or give each a key of its own. If nothing uses '{user}', delete it or move it to another folder.");
    }

    /// <inheritdoc/>
    protected override PairVersion Render(KeyedCertificate next, PairVersion expected, bool withKey) => new PemRenderer(Paths, withKey, Location).Render(next, expected);

    private static WriterWait WaitFor(PairLocation location, bool wasRead, StoreServices services) => new(
        location.CertificatePath, () => location.KeyPath ?? KeyPathConvention.FindNextTo(location.CertificatePath), wasRead, services.Clock, services.Logger);

    private static IPairStore Open(PairLocation location, StoreServices services)
    {
        var folders = new OpenFolders();
        try
        {
            // Before anything is read: a link that must not be followed is not read through either.
            var certificatePath = folders.Follow(location.CertificatePath);
            var (certificate, keyPath) = PairLocator.Locate(location, _ => folders.OpenToRead(certificatePath), path => folders.Exists(path) ?? KeyPathConvention.Exists(path));
            // Another ending than .pfx, such as that of a Java keystore.
            if (certificate is { IsPfx: true })
            {
                folders.Dispose();
                return PfxFileStore.Open(location, services);
            }

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

    // Null if the two do not match and another process may be writing them.
    private PemSnapshot? TryLoad(WriterWait wait, Action<PairFacts> onRead)
    {
        var pair = CertificatePair.Load(
            Location.CertificatePath, certificate => Location.KeyPath ?? KeyPathConvention.FindRequired(certificate, OpenFolders.IsFile), Location.KeyPassword, Open);
        onRead(pair.Facts);
        if (pair.Matches)
            return new PemSnapshot(pair);
        using (pair)
            return wait.ExplainsMismatch(pair.Certificate.Document.File.LastWriteTime, pair.KeyFile.Document.File.LastWriteTime) ? null : throw KeyMismatch.Describe(pair.Certificate, pair.KeyFile);
    }

    private string? FindKey(PemSnapshot? known, Func<string, bool> isFile)
    {
        if (Location.KeyPath is not null)
            return Location.KeyPath;
        return (known?.IsKeyInCertificate ?? PairLocator.HoldsKey(Location.CertificatePath, Open)) ? Location.CertificatePath
            : KeyPathConvention.FindNextTo(Location.CertificatePath, isFile) ?? (Location.MayBeNew ? KeyPathConvention.ForNew(Location.CertificatePath) : null);
    }

    private SmallFile Open(string path) =>
        path == Location.CertificatePath ? Folders.OpenToRead(Paths.Certificate)
        : path == keyPath ? Folders.OpenToRead(Paths.Key)
        // The key is in another place by now; IsCurrent finds that out.
        : SmallFile.Open(path);
}
