using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Stores;
using StepCaRenew.Stores.WindowsStore;

namespace StepCaRenew.Fixtures;

/// <summary>
/// A certificate store of its own for one test, with a record: in memory, of the current user or of the machine. On Linux .NET's stores of
/// the user are in a folder of the test run.
/// </summary>
internal sealed class StoreScene : IDisposable
{
    public const string Memory = "memory", User = "user", Machine = "machine";

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ICertificateStores inner;
    private readonly X509Certificate2 intermediate;

    public StoreScene(string kind)
    {
        Assert.SkipWhen(kind == Machine && !OperatingSystem.IsWindows(), "Only Windows has certificate stores of the machine.");
        Assert.SkipWhen(kind == Machine && !Wine.IsHere && Environment.GetEnvironmentVariable("CI") is null, "The stores of a machine that is not there for tests are left alone.");
        IsMemory = kind == Memory;
        inner = IsMemory ? new MemoryStores() : new SystemStores();
        Stores = new RecordedStores(inner);
        var location = kind == Machine ? StoreLocation.LocalMachine : StoreLocation.CurrentUser;
        Store = new CertificateStoreName(location, $"StepCaRenewTest{Guid.NewGuid():N}");
        // Each test has an intermediate of its own: it is added to a store that tests share.
        Authority = new TestAuthority($"Store {Guid.NewGuid():N}");
        intermediate = Authority.Intermediate;
        Plan = new StorePlan(Store, Folder.Write("web.crt", "x"), "StepCaRenew: web", Provider, []);
        Publisher = PublisherOver(Stores);
    }

    public TestFolder Folder { get; } = new();

    public bool IsMemory { get; }

    /// <summary>All calls on the stores, which can be made to end.</summary>
    public RecordedStores Stores { get; }

    /// <summary>The stores in memory.</summary>
    public MemoryStores InMemory => (MemoryStores)inner;

    public CertificateStoreName Store { get; }

    public TestAuthority Authority { get; }

    public StorePlan Plan { get; }

    public StorePublisher Publisher { get; }

    /// <summary>Wine has no keys of CNG that persist.</summary>
    public static KeyProvider Provider => Wine.IsHere ? KeyProvider.Csp : KeyProvider.Cng;

    public StoreRecordFile Record => new(Folder.At("stores"), Store.Location, RenewalScope.CurrentUser, TimeProvider.System);

    /// <summary>The services of a pair in the store.</summary>
    public StoreServices Services => new(TimeProvider.System, NullLogger.Instance) { CertificateStores = Stores, StoreRecords = _ => Folder.At("stores") };

    /// <summary>Opens the pair that a path names.</summary>
    public Task<IPairStore> OpenAsync(StoreSelector by, string value) =>
        new PairLocation(new StoreCertificatePath(Store, by, value).Text, null).OpenAsync(wasRead: false, Services, CancellationToken.None);

    public StorePublisher PublisherOver(ICertificateStores stores) => new(stores, Record, TimeProvider.System, NullLogger.Instance);

    /// <summary>A new pair; with a key of an earlier one, or a new key.</summary>
    /// <param name="withKeyOf">The earlier pair.</param>
    /// <param name="days">How many days later than others it begins and ends.</param>
    /// <param name="authority">Another CA.</param>
    public KeyedCertificate NewPair(KeyedCertificate? withKeyOf = null, int days = 0, TestAuthority? authority = null) =>
        (authority ?? Authority).Issue(new LeafSpec { Key = withKeyOf?.Key.Handle ?? NewKey(), NotBefore = Start.AddDays(days), NotAfter = Start.AddDays(days + 1) }).Keyed((authority ?? Authority).Intermediate);

    public async Task PublishAsync(KeyedCertificate pair, StorePlan? plan = null)
    {
        using var held = await Record.LockAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
        Publisher.Publish(plan ?? Plan, pair);
    }

    /// <summary>Whether certificates stay in the store although they were removed: Wine does not write that to its registry.</summary>
    public bool KeepsRemoved => !IsMemory && Wine.IsHere;

    /// <summary>The certificates in the store, by their thumbprints.</summary>
    public IReadOnlyList<string> Thumbprints => [.. inner.List(Store).Select(one => one.Thumbprint).Order(StringComparer.Ordinal)];

    /// <summary>Whether the store has a certificate with a key that signs for it.</summary>
    public bool Serves(KeyedCertificate pair)
    {
        using var key = inner.OpenKey(Store, pair.Leaf.Thumbprint);
        return key is not null && PairMatch.Matches(pair.Leaf, key.Key);
    }

    public bool HasIssuer => inner.List(Store.Intermediates).Any(one => one.Thumbprint == intermediate.Thumbprint);

    public string? FriendlyNameOf(KeyedCertificate pair) => inner.List(Store).Single(one => one.Thumbprint == pair.Leaf.Thumbprint).FriendlyName;

    public StoreEntry EntryOf(KeyedCertificate pair) => Record.Read().Entries.Single(entry => entry.Thumbprint == pair.Leaf.Thumbprint);

    /// <summary>Removes from the system what the test has put there.</summary>
    public void Dispose()
    {
        if (!IsMemory)
        {
            foreach (var entry in File.Exists(Record.Path) && StoreRecord.Parse(File.ReadAllBytes(Record.Path)) is { } record ? record.Entries : [])
            {
                if (entry.ContainerIn(Store) is { } container && inner.HasContainers)
                    inner.DeleteKey(container);
            }

            foreach (var thumbprint in Thumbprints)
                inner.Remove(Store, thumbprint);
            inner.Remove(Store.Intermediates, intermediate.Thumbprint);
        }

        Folder.Dispose();
    }

    private AsymmetricAlgorithm NewKey() => IsMemory ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : RSA.Create(2048);
}
