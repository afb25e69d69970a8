using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;

namespace StepCaRenew.Stores.WindowsStore;

/// <summary>
/// The renewal of a pair in a certificate store: the new certificate is added with the friendly name of the old one, and refers to the same
/// key, or to a new one in the same provider with the same rights. The old certificate and its key stay.
/// </summary>
internal sealed class StoreReplacement(StoreCertificatePath path, ICertificateStores stores, StoreRecordFile file, Func<StoredCertificate?> find, bool withKey, TimeProvider clock) : IPairReplacement
{
    // The lock of the pair is held already; that of the record is held for a moment by each run.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public IEnumerable<(string Path, string Owner)> LostOwners => [];

    /// <inheritdoc/>
    public async Task<PairVersion?> CommitAsync(KeyedCertificate next, PairVersion expected)
    {
        using var held = await file.LockAsync(Timeout, CancellationToken.None).ConfigureAwait(false);
        if (find() is not { } old || !expected.Equals(new PairVersion(old.Der)))
            return null;
        var record = file.Read();
        var present = record.Entries.FirstOrDefault(entry => entry.IsFor(path.Store.Text, old.Thumbprint));
        using var oldKey = stores.OpenKey(path.Store, old.Thumbprint);
        var container = withKey && stores.HasContainers ? oldKey?.Container?.WithNewName() ?? KeyContainer.New(default, path.Store.Location) : null;
        var name = new StoreLookup(stores, record, clock.GetUtcNow()).FriendlyNameOf(path.Store, old);
        var added = new StoreEntry
        {
            Store = path.Store.Text, FriendlyName = name, Source = $@"{path.Store.Path}\{name}", Replaces = old.Thumbprint, Thumbprint = next.Leaf.Thumbprint,
            PublicKeyId = PublicKeyId.Compute(next.Leaf), KeyProvider = container?.Provider ?? oldKey?.Container?.Provider ?? default,
            KeyName = container?.Name ?? (withKey ? null : present?.KeyName), Granted = present?.Granted ?? [], Since = clock.GetUtcNow(),
        };
        file.Write(record.With(added));
        using var made = container is null ? null : stores.CreateKey(container, next.Key);
        if (container is not null && oldKey?.Container is { } from)
            stores.CopyRights(from, container);
        foreach (var issuer in StorePublisher.MissingIssuers(stores, path.Store, next))
            stores.Add(path.Store.Intermediates, issuer, key: null, friendlyName: null);
        // Off Windows a store keeps the key with the certificate, and it can be that of the old one.
        stores.Add(path.Store, next.Leaf, made ?? (withKey ? next.Key : oldKey?.Key ?? next.Key), name.Length == 0 ? null : name);
        if (!StorePublisher.Signs(stores, path.Store, next.Leaf))
            throw new RenewalException(
                ErrorId.StoreFailed, $"'{path.Store.Text}' has the new certificate {next.Leaf.Thumbprint}, but its key does not sign for it.", "Check the rights of the key, and which other program changes the store.");
        return new PairVersion(next.Leaf.RawData);
    }

    /// <inheritdoc/>
    // The services use the old certificate until their bindings are changed.
    public void DropOld()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
