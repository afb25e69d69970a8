using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Stores;
using StepCaRenew.Stores.WindowsStore;

namespace StepCaRenew.Inspection;

/// <summary>Describes certificates in certificate stores.</summary>
internal sealed partial class CertificateInspector
{
    /// <summary>The paths of the certificates with keys in a store.</summary>
    /// <exception cref="RenewalException">The store cannot be read.</exception>
    public static IReadOnlyList<string> ListStore(CertificateStoreName store, StoreServices services) =>
        [.. services.CertificateStores.List(store).Where(one => one.HasKey).Select(one => $@"{store.Path}\{one.Thumbprint}")];

    /// <summary>Describes the certificate in a store. By a thumbprint it is that certificate, also if a newer one has taken its place.</summary>
    /// <exception cref="RenewalException">There is no such certificate, or the store cannot be read.</exception>
    public StepCertificate Inspect(StoreCertificatePath path, StoreServices services)
    {
        var lookup = LookupFor(path.Store, services);
        var stored = RequireIn(path, lookup, services);
        using var leaf = StoreLookup.Load(stored);
        var text = $@"{path.Store.Path}\{stored.Thumbprint}";
        var (keyStatus, problem) = StatusOfKey(path.Store, stored, services);
        var friendlyName = lookup.FriendlyNameOf(path.Store, stored);
        return Describe(leaf) with
        {
            Name = CertificateName.FromPath(friendlyName.Length > 0 ? $@"{path.Store.Path}\{friendlyName}" : text),
            KeyStatus = keyStatus,
            CertificatePath = text,
            KeyErrorId = problem?.ErrorId,
            KeyMessage = problem?.Message,
            FriendlyName = friendlyName.Length > 0 ? friendlyName : null,
            IsSuperseded = lookup.IsSuperseded(path.Store, stored.Thumbprint),
        };
    }

    /// <summary>Whether a certificate in a store and its key match.</summary>
    /// <exception cref="RenewalException">There is no such certificate, or its key cannot be opened.</exception>
    public static PairTestResult Test(StoreCertificatePath path, StoreServices services)
    {
        var stored = RequireIn(path, LookupFor(path.Store, services), services);
        using var leaf = StoreLookup.Load(stored);
        var text = $@"{path.Store.Path}\{stored.Thumbprint}";
        using var key = services.CertificateStores.OpenKey(path.Store, stored.Thumbprint)
            ?? throw new RenewalException(ErrorId.KeyNotFound, $"The certificate '{text}' has no private key in the store.", "Import the certificate with its key.");
        var matches = PairMatch.Matches(leaf, key.Key);
        return new PairTestResult
        {
            Name = CertificateName.FromPath(text),
            Matches = matches,
            Reason = matches ? "The certificate and the key match." : "The key that the certificate refers to is another one.",
            CertificatePublicKeyId = PublicKeyId.Compute(leaf),
            KeyPublicKeyId = PublicKeyId.Compute(key.Key),
            CertificatePath = text,
            KeyPath = text,
        };
    }

    private static StoreLookup LookupFor(CertificateStoreName store, StoreServices services) =>
        new(services.CertificateStores, new StoreRecordFile(services.StoreRecords(store.Scope), store.Location, store.Scope, services.Clock).Read(), services.Clock.GetUtcNow());

    private static StoredCertificate RequireIn(StoreCertificatePath path, StoreLookup lookup, StoreServices services) =>
        (path.By == StoreSelector.Thumbprint ? services.CertificateStores.List(path.Store).FirstOrDefault(one => one.Thumbprint == path.Value) : lookup.Find(path)) ?? throw StoreLookup.NotFound(path);

    private static (string Status, RenewalException? Problem) StatusOfKey(CertificateStoreName store, StoredCertificate stored, StoreServices services)
    {
        try
        {
            using var leaf = StoreLookup.Load(stored);
            using var key = services.CertificateStores.OpenKey(store, stored.Thumbprint);
            return key is null ? (KeyStatus.Missing, null) : PairMatch.Matches(leaf, key.Key) ? (KeyStatus.Matches, null) : (KeyStatus.Mismatch, null);
        }
        catch (RenewalException e)
        {
            return (KeyStatus.Unreadable, e);
        }
    }
}
