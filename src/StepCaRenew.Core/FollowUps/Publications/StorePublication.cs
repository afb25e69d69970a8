using StepCaRenew.Accounts;
using StepCaRenew.Certificates;
using StepCaRenew.Stores;
using StepCaRenew.Stores.WindowsStore;

namespace StepCaRenew.FollowUps.Publications;

/// <summary>A pair in a certificate store: leaf and key, and the chain in the store of intermediates.</summary>
/// <param name="Store">The store.</param>
internal sealed record StorePublication(CertificateStoreName Store) : Publication(Store.Path)
{
    private const string NamePrefix = "StepCaRenew: ";

    /// <summary>The friendly name; null for one that is made of the name of the pair.</summary>
    public string? FriendlyName { get; init; }

    /// <summary>The accounts that can read the key: names or SIDs.</summary>
    public IReadOnlyList<string> GrantRead { get; init => field = value ?? []; } = [];

    /// <summary>The kind of the key's container.</summary>
    public KeyProvider KeyProvider { get; init; }

    /// <summary>Whether the certificates that this module put there before are removed after the follow-ups.</summary>
    public bool RemoveOld { get; init; }

    /// <inheritdoc/>
    public override string Parameter => "-Store";

    /// <inheritdoc/>
    public override string Parameters =>
        $"{Parameter} {Store.Text} -KeyProvider {KeyProvider}" + (FriendlyName is null ? string.Empty : $" -FriendlyName '{FriendlyName}'")
        + (GrantRead.Count == 0 ? string.Empty : $" -GrantRead {string.Join(", ", GrantRead)}") + (RemoveOld ? " -RemoveOld" : string.Empty);

    /// <inheritdoc/>
    public override string? FilePath => null;

    /// <inheritdoc/>
    public override bool HoldsKey => true;

    /// <inheritdoc/>
    public override void RequireUsable(string keyAlgorithm)
    {
        KeyContainer.New(KeyProvider, Store.Location).RequireFor(keyAlgorithm);
        if (OperatingSystem.IsWindows())
            _ = Sids;
        else if (Store.Location != System.Security.Cryptography.X509Certificates.StoreLocation.CurrentUser)
            throw Unsupported($"there is no store '{Store.Text}'", @"Name CurrentUser\My, which .NET programs read.");
        else if (KeyProvider != KeyProvider.Cng || GrantRead.Count > 0)
            throw Unsupported("the key is kept with the certificate, in a file of the user", "Leave out -KeyProvider and -GrantRead.");
    }

    /// <inheritdoc/>
    public bool Equals(StorePublication? other) =>
        other is not null && Store == other.Store && FriendlyName == other.FriendlyName && KeyProvider == other.KeyProvider && RemoveOld == other.RemoveOld && GrantRead.SequenceEqual(other.GrantRead);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Store, FriendlyName, KeyProvider, RemoveOld, GrantRead.Count);

    /// <summary>The plan for a pair.</summary>
    /// <param name="source">The path of its certificate.</param>
    public StorePlan PlanFor(string source) => new(Store, source, FriendlyName ?? NamePrefix + CertificateName.FromPath(source), KeyProvider, Sids);

    /// <summary>The publisher for the store.</summary>
    public StorePublisher PublisherWith(StoreServices services) =>
        new(services.CertificateStores, new StoreRecordFile(services.StoreRecords(Store.Scope), Store.Location, Store.Scope, services.Clock), services.Clock, services.Logger);

    private IReadOnlyList<string> Sids => [.. GrantRead.Select(account => OperatingSystem.IsWindows() ? WindowsAccounts.SidOf(account) : account)];

    private RenewalException Unsupported(string reason, string remedy) => new(ErrorId.StoreUnsupported, $"{Parameters} cannot be used here: off Windows {reason}.", remedy);
}
