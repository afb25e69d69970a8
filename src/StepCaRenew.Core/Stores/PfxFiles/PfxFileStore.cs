using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Certificates.Pfx;
using StepCaRenew.FileSystem;
using StepCaRenew.Stores.Files;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Stores.PfxFiles;

/// <summary>A pair in a PFX file. Every read derives keys from the password, which takes some milliseconds.</summary>
internal sealed class PfxFileStore : FileStore
{
    private const string What = "PFX file";

    private PfxFileStore(PairLocation location, OpenFolders folders, PairPaths paths, StoreServices services)
        : base(location, folders, paths, new PfxPairForm(location.KeyPassword), services)
    {
    }

    /// <summary>Finds the file and opens its folder; see <see cref="PairLocation.OpenAsync"/>.</summary>
    public static Task<IPairStore> OpenAsync(PairLocation location, bool wasRead, StoreServices services, CancellationToken cancellationToken) =>
        WaitAsync<IPairStore>(WaitFor(location, wasRead, services), () => Open(location, services), cancellationToken);

    /// <summary>Opens the folder of a file; the file is not read yet.</summary>
    /// <exception cref="RenewalException">There is no such file, or another one was named for the key.</exception>
    public static IPairStore Open(PairLocation location, StoreServices services)
    {
        if (location.KeyPath is { } key && !PathNames.AreSame(key, location.CertificatePath))
            throw new RenewalException(
                ErrorId.ConflictingParameters, $"The key '{key}' was named for '{location.CertificatePath}', but a PFX file holds its key itself.", "Leave out -KeyPath.");
        var folders = new OpenFolders();
        try
        {
            var path = folders.Follow(location.CertificatePath);
            var paths = PairPaths.Resolve(location, path, path);
            if (location.MayBeNew)
                PairLocator.RequireFolders(folders, paths);
            else
                folders.OpenToRead(path).Dispose();
            return new PfxFileStore(location, folders, paths, services);
        }
        catch
        {
            folders.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override PairSnapshot? TryPeek()
    {
        try
        {
            var pfx = Read();
            if (pfx.Matches)
                return new PfxSnapshot(pfx);
            pfx.Dispose();
            return null;
        }
        catch (RenewalException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public override Task<PairSnapshot> LoadAsync(bool wasRead, Action<PairFacts> onRead, CancellationToken cancellationToken) =>
        WaitAsync<PairSnapshot>(WaitFor(Location, wasRead, Services), () => Load(onRead), cancellationToken);

    /// <inheritdoc/>
    public override PrivateKey LoadKey() => Read().TakeKey();

    /// <inheritdoc/>
    public override PairVersion ReadVersion() => PfxSnapshot.VersionOf(TryRead(Location.CertificatePath, Paths.Certificate, What));

    /// <inheritdoc/>
    public override bool IsCurrent(PairSnapshot? known)
    {
        try
        {
            return Folders.IsStillAt(Location.CertificatePath, Paths.Certificate);
        }
        catch (RenewalException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    // The key is in the file, and only there: no other certificate can name it.
    public override void RequireRekeyable(PairSnapshot snapshot, IEnumerable<PairLocation> others)
    {
    }

    /// <inheritdoc/>
    public override void RequireUnshared(PrivateKey key, IEnumerable<PairLocation> others, string alternative)
    {
    }

    /// <inheritdoc/>
    protected override PairVersion Render(KeyedCertificate next, PairVersion expected, bool withKey)
    {
        using var model = expected[0] is { Length: > 0 } old ? TryParse(old) : null;
        var content = model is null ? PfxWriter.Write(next, Location.KeyPassword, PfxEncryption.Aes256, CertificateName.FromPath(Location.CertificatePath)) : PfxWriter.Write(model, next);
        RequireLoadable(next, content);
        return PfxSnapshot.VersionOf(content);
    }

    private static WriterWait WaitFor(PairLocation location, bool wasRead, StoreServices services) =>
        new(location.CertificatePath, () => null, wasRead, services.Clock, services.Logger);

    private PfxFile Read() => PfxFile.Load(Location.CertificatePath, Location.KeyPassword, _ => Folders.OpenToRead(Paths.Certificate));

    private PfxSnapshot Load(Action<PairFacts> onRead)
    {
        var pfx = Read();
        onRead(PfxSnapshot.FactsOf(pfx));
        if (pfx.Matches)
            return new PfxSnapshot(pfx);
        using (pfx)
            throw PfxErrors.Mismatch(pfx.Path);
    }

    // A first certificate takes the place of anything: the form of a file that cannot be read is not kept.
    private PfxFile? TryParse(byte[] old)
    {
        try
        {
            return PfxFile.Parse(new InputFile(Paths.Certificate, old, default), Location.KeyPassword);
        }
        catch (RenewalException) when (Location.MayBeNew)
        {
            return null;
        }
    }

    // Before it replaces anything: if it could not be read, the pair would never be renewed again.
    private void RequireLoadable(KeyedCertificate next, byte[] content)
    {
        try
        {
            using var pfx = PfxFile.Parse(new InputFile(Paths.Certificate, content, default), Location.KeyPassword);
            if (pfx.LeafDer.Span.SequenceEqual(next.Leaf.RawDataMemory.Span) && pfx.Matches)
                return;
        }
        catch (RenewalException e)
        {
            throw new InvalidOperationException($"The new PFX file, as it would be written, cannot be read: {e.Message} Nothing was changed.", e);
        }

        throw new InvalidOperationException("The new certificate and key, as they would be written, do not match. Nothing was changed.");
    }
}
