using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FileSystem;
using StepCaRenew.Logging;

namespace StepCaRenew.Stores.WindowsStore;

/// <summary>How a pair is put into a store.</summary>
/// <param name="Store">The store.</param>
/// <param name="Source">The path of the pair's certificate: its certificates follow one another.</param>
/// <param name="FriendlyName">The friendly name.</param>
/// <param name="KeyProvider">The kind of the key's container.</param>
/// <param name="Grants">The SIDs of the accounts that can read the key.</param>
internal sealed record StorePlan(CertificateStoreName Store, string Source, string FriendlyName, KeyProvider KeyProvider, IReadOnlyList<string> Grants);

/// <summary>
/// Puts pairs into a certificate store. Everything is recorded before it is done, so that a run that is killed leaves at worst one
/// certificate or key more, which the next run uses. The methods that change something need the lock of the record.
/// </summary>
internal sealed class StorePublisher(ICertificateStores stores, StoreRecordFile file, TimeProvider clock, ILogger logger)
{
    /// <summary>The lock of the record.</summary>
    public StoreRecordFile Record => file;

    /// <summary>Whether a pair is in the store as the plan says, with a key that signs. Nothing is changed.</summary>
    /// <exception cref="RenewalException">The store or the record cannot be read.</exception>
    public bool IsCurrent(StorePlan plan, KeyedCertificate pair)
    {
        var thumbprint = pair.Leaf.Thumbprint;
        if (file.Read().Entries.FirstOrDefault(one => one.IsFor(plan.Store.Text, thumbprint)) is not { } entry
            || entry.FriendlyName != plan.FriendlyName || entry.KeyProvider != plan.KeyProvider || plan.Grants.Except(entry.Granted).Any())
            return false;
        if (stores.List(plan.Store).FirstOrDefault(one => one.Thumbprint == thumbprint) is not { HasKey: true } found || (stores.HasFriendlyNames && found.FriendlyName != plan.FriendlyName))
            return false;
        return !MissingIssuers(stores, plan.Store, pair).Any() && Signs(stores, plan.Store, pair.Leaf);
    }

    /// <summary>Puts a pair into the store, and reads it back.</summary>
    /// <exception cref="RenewalException">It failed; the certificates that were there are still there.</exception>
    public void Publish(StorePlan plan, KeyedCertificate pair)
    {
        var record = file.Read();
        RequireOwnName(plan, record);
        var (key, container, isNew) = stores.HasContainers ? FindKey(plan, pair, record) : (null, null, false);
        using (key)
        {
            var entry = new StoreEntry
            {
                Store = plan.Store.Text, FriendlyName = plan.FriendlyName, Source = plan.Source, Thumbprint = pair.Leaf.Thumbprint, PublicKeyId = PublicKeyId.Compute(pair.Leaf),
                KeyProvider = plan.KeyProvider, KeyName = container is { IsOurs: true } ? container.Name : null, Since = clock.GetUtcNow(),
            };
            file.Write(record.With(entry));
            using var made = isNew ? stores.CreateKey(container!, pair.Key) : null;
            if (plan.Grants.Count > 0)
                stores.GrantRead(container ?? throw new RenewalException(ErrorId.KeyRightsNotSet, "The key belongs to the certificate that is renewed, and keeps its rights.", "Leave out -GrantRead."), plan.Grants);
            foreach (var issuer in MissingIssuers(stores, plan.Store, pair))
                stores.Add(plan.Store.Intermediates, issuer, key: null, friendlyName: null);
            stores.Add(plan.Store, pair.Leaf, made ?? key ?? pair.Key, plan.FriendlyName);
            if (!Signs(stores, plan.Store, pair.Leaf))
                throw new RenewalException(
                    ErrorId.StoreFailed, $"'{plan.Store.Text}' has the new certificate {pair.Leaf.Thumbprint}, but its key does not sign for it.",
                    "Check the rights of the key, and which other program changes the store.");
            file.Write(record.With(entry with { Granted = plan.Grants }));
        }
    }

    /// <summary>The certificates of earlier publications that the pair has taken the place of.</summary>
    /// <exception cref="RenewalException">The record cannot be read.</exception>
    public IReadOnlyList<StoreEntry> FindSuperseded(StorePlan plan, string thumbprint)
    {
        var entries = file.Read().Entries;
        // Without the successor none is superseded.
        return entries.Any(entry => entry.IsFor(plan.Store.Text, thumbprint)) ? [.. entries.Where(entry => IsBefore(entry, plan, thumbprint))] : [];
    }

    /// <summary>Removes the superseded certificates, and those of their keys that this module made and no certificate uses any more.</summary>
    /// <exception cref="RenewalException">One cannot be removed.</exception>
    public void RemoveSuperseded(StorePlan plan, string thumbprint)
    {
        foreach (var entry in FindSuperseded(plan, thumbprint))
        {
            var listed = stores.List(plan.Store).FirstOrDefault(one => one.Thumbprint == entry.Thumbprint);
            if (listed is not null && listed.PublicKeyId == entry.PublicKeyId)
                stores.Remove(plan.Store, entry.Thumbprint);
            var record = file.Read();
            if (entry.ContainerIn(plan.Store) is { } container && !IsUsed(container, entry, plan.Store, record))
                stores.DeleteKey(container);
            file.Write(record.Without(entry));
            StoreLog.Removed(logger, entry.Thumbprint, plan.Store.Text);
        }
    }

    private static bool IsBefore(StoreEntry entry, StorePlan plan, string thumbprint) =>
        !entry.IsFor(plan.Store.Text, thumbprint) && IsSameName(entry, plan) && (PathNames.AreSame(entry.Source, plan.Source) || !File.Exists(entry.Source));

    private static bool IsSameName(StoreEntry entry, StorePlan plan) =>
        entry.Store.Equals(plan.Store.Text, StringComparison.OrdinalIgnoreCase) && entry.FriendlyName == plan.FriendlyName;

    // With one name, one of two pairs would pass for the successor of the other.
    private static void RequireOwnName(StorePlan plan, StoreRecord record)
    {
        if (record.Entries.FirstOrDefault(entry => IsSameName(entry, plan) && !PathNames.AreSame(entry.Source, plan.Source) && File.Exists(entry.Source)) is { } other)
            throw new RenewalException(
                ErrorId.FriendlyNameTaken, $"'{plan.Store.Text}' has a certificate of '{other.Source}' with the friendly name '{plan.FriendlyName}'.", "Give another -FriendlyName.");
    }

    // A certificate in any store of the location can refer to the container.
    private bool IsUsed(KeyContainer container, StoreEntry removed, CertificateStoreName store, StoreRecord record) =>
        record.Without(removed).Entries.Any(other => other.KeyName == container.Name)
        || record.Entries.Select(other => other.Store).Append(@$"{store.Location}\My").Append(@$"{store.Location}\WebHosting").Distinct(StringComparer.OrdinalIgnoreCase)
            .SelectMany(text => stores.List(CertificateStoreName.Parse(text))).Any(other => other.PublicKeyId == removed.PublicKeyId);

    // A key that is there already is used where it is, also that of another program.
    private (PrivateKey? Key, KeyContainer? Container, bool IsNew) FindKey(StorePlan plan, KeyedCertificate pair, StoreRecord record)
    {
        if (pair.Key.IsInContainer)
            return (null, null, false);
        var id = PublicKeyId.Compute(pair.Leaf);
        var recorded = record.Entries.Where(entry => entry.PublicKeyId == id && entry.KeyProvider == plan.KeyProvider).Select(entry => entry.ContainerIn(plan.Store)).OfType<KeyContainer>();
        foreach (var container in recorded.DistinctBy(container => container.Name))
        {
            if (Matching(stores.OpenKey(container), pair) is { } key)
                return (key, container, false);
        }

        foreach (var found in stores.List(plan.Store).Where(one => one.HasKey && one.PublicKeyId == id))
        {
            var opened = stores.OpenKey(plan.Store, found.Thumbprint);
            if (opened?.Container?.Provider == plan.KeyProvider && Matching(opened.Key, pair) is { } key)
                return (key, opened.Container, false);
            opened?.Dispose();
        }

        return (null, KeyContainer.New(plan.KeyProvider, plan.Store.Location), true);
    }

    private static PrivateKey? Matching(PrivateKey? key, KeyedCertificate pair)
    {
        if (key is not null && PairMatch.Matches(pair.Leaf, key))
            return key;
        key?.Dispose();
        return null;
    }

    /// <summary>The issuers of a pair that the store of intermediates lacks. A root is trusted by other means, and never added.</summary>
    public static IEnumerable<X509Certificate2> MissingIssuers(ICertificateStores stores, CertificateStoreName store, KeyedCertificate pair)
    {
        var issuers = pair.Chain.Where(issuer => !issuer.SubjectName.RawData.AsSpan().SequenceEqual(issuer.IssuerName.RawData)).ToList();
        var present = issuers.Count == 0 ? [] : stores.List(store.Intermediates).Select(one => one.Thumbprint).ToHashSet();
        return issuers.Where(issuer => !present.Contains(issuer.Thumbprint));
    }

    /// <summary>Whether the key of a certificate in a store signs for it. The key is opened by the certificate, as programs do.</summary>
    public static bool Signs(ICertificateStores stores, CertificateStoreName store, X509Certificate2 leaf)
    {
        using var opened = stores.OpenKey(store, leaf.Thumbprint);
        try
        {
            return opened is not null && PairMatch.Matches(leaf, opened.Key);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
