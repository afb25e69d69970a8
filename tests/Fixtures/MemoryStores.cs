using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Stores.WindowsStore;

namespace StepCaRenew.Fixtures;

/// <summary>Certificate stores with key containers as Windows has them, in memory. Certificates refer to containers by their names.</summary>
internal sealed class MemoryStores : ICertificateStores
{
    private readonly Dictionary<(CertificateStoreName Store, string Thumbprint), (byte[] Der, string FriendlyName, string? Container)> certificates = [];
    private readonly Dictionary<string, (KeyContainer Container, byte[] Key, List<string> Readers)> keys = [];
    private readonly Dictionary<PrivateKey, string> opened = [];
    private readonly object sync = new();

    public bool HasContainers => true;

    public bool HasFriendlyNames => true;

    /// <summary>The names of all containers.</summary>
    public IReadOnlyList<string> Containers => [.. keys.Keys];

    /// <summary>The accounts that can read a key.</summary>
    public IReadOnlyList<string> ReadersOf(string container) => keys[container].Readers;

    public IReadOnlyList<StoredCertificate> List(CertificateStoreName store)
    {
        lock (sync)
        {
            return [.. certificates.Where(one => one.Key.Store == store).Select(one =>
            {
                using var certificate = Load(one.Value.Der);
                return new StoredCertificate(one.Value.Der, one.Key.Thumbprint, PublicKeyId.Compute(certificate), one.Value.FriendlyName, one.Value.Container is not null);
            })];
        }
    }

    public StoredKey? OpenKey(CertificateStoreName store, string thumbprint)
    {
        lock (sync)
        {
            // A certificate can refer to a container that is gone.
            return certificates.TryGetValue((store, thumbprint), out var found) && found.Container is { } name && keys.TryGetValue(name, out var kept)
                ? new StoredKey(Open(kept.Container, kept.Key), kept.Container) : null;
        }
    }

    public PrivateKey? OpenKey(KeyContainer container)
    {
        lock (sync)
        {
            return keys.TryGetValue(container.Name, out var kept) ? Open(kept.Container, kept.Key) : null;
        }
    }

    public PrivateKey CreateKey(KeyContainer container, PrivateKey key)
    {
        lock (sync)
        {
            var content = key.Handle.ExportPkcs8PrivateKey();
            keys.Add(container.Name, (container, content, []));
            return Open(container, content);
        }
    }

    public void GrantRead(KeyContainer container, IReadOnlyList<string> accounts) => keys[container.Name].Readers.AddRange(accounts);

    public void CopyRights(KeyContainer from, KeyContainer to) => keys[to.Name].Readers.AddRange(keys[from.Name].Readers);

    public void RequireWritable(CertificateStoreName store)
    {
    }

    public void Add(CertificateStoreName store, X509Certificate2 certificate, PrivateKey? key, string? friendlyName)
    {
        lock (sync)
        {
            // A key in memory would be lost, as on Windows.
            certificates[(store, certificate.Thumbprint)] = (certificate.RawData, friendlyName ?? string.Empty, key is null ? null : opened.GetValueOrDefault(key));
        }
    }

    public void Remove(CertificateStoreName store, string thumbprint)
    {
        lock (sync)
        {
            certificates.Remove((store, thumbprint));
        }
    }

    public void DeleteKey(KeyContainer container)
    {
        lock (sync)
        {
            keys.Remove(container.Name);
        }
    }

    private PrivateKey Open(KeyContainer container, byte[] content)
    {
        PrivateKey key;
        try
        {
            var rsa = RSA.Create();
            rsa.ImportPkcs8PrivateKey(content, out _);
            key = new PrivateKey(rsa) { IsInContainer = true };
        }
        catch (CryptographicException)
        {
            var ec = ECDsa.Create();
            ec.ImportPkcs8PrivateKey(content, out _);
            key = new PrivateKey(ec) { IsInContainer = true };
        }

        opened[key] = container.Name;
        return key;
    }

#pragma warning disable SYSLIB0057 // X509CertificateLoader came with .NET 9.
    private static X509Certificate2 Load(byte[] der) => new(der);
#pragma warning restore SYSLIB0057
}

/// <summary>Records every call on other stores, and can end one as if the process had been killed before or after it.</summary>
internal sealed class RecordedStores(ICertificateStores inner) : ICertificateStores
{
    /// <summary>The calls, in their order.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>The number of the call that ends the run; null for none.</summary>
    public int? FailAt { get; set; }

    /// <summary>Whether the call that ends the run is done before.</summary>
    public bool FailsAfter { get; set; }

    public bool HasContainers => inner.HasContainers;

    public bool HasFriendlyNames => inner.HasFriendlyNames;

    public IReadOnlyList<StoredCertificate> List(CertificateStoreName store) => Call($"List {store.Name}", () => inner.List(store));

    public StoredKey? OpenKey(CertificateStoreName store, string thumbprint) => Call("OpenKey by certificate", () => inner.OpenKey(store, thumbprint));

    public PrivateKey? OpenKey(KeyContainer container) => Call("OpenKey by name", () => inner.OpenKey(container));

    public PrivateKey CreateKey(KeyContainer container, PrivateKey key) => Call("CreateKey", () => inner.CreateKey(container, key));

    public void GrantRead(KeyContainer container, IReadOnlyList<string> accounts) => Call("GrantRead", () => Done(() => inner.GrantRead(container, accounts)));

    public void CopyRights(KeyContainer from, KeyContainer to) => Call("CopyRights", () => Done(() => inner.CopyRights(from, to)));

    public void RequireWritable(CertificateStoreName store) => Call("RequireWritable", () => Done(() => inner.RequireWritable(store)));

    public void Add(CertificateStoreName store, X509Certificate2 certificate, PrivateKey? key, string? friendlyName) =>
        Call(key is null ? "Add issuer" : "Add", () => Done(() => inner.Add(store, certificate, key, friendlyName)));

    public void Remove(CertificateStoreName store, string thumbprint) => Call("Remove", () => Done(() => inner.Remove(store, thumbprint)));

    public void DeleteKey(KeyContainer container) => Call("DeleteKey", () => Done(() => inner.DeleteKey(container)));

    private T Call<T>(string name, Func<T> call)
    {
        Calls.Add(name);
        var fails = Calls.Count - 1 == FailAt;
        if (fails && !FailsAfter)
            throw new KilledException();
        var result = call();
        return fails ? throw new KilledException() : result;
    }

    private static bool Done(Action action)
    {
        action();
        return true;
    }
}

/// <summary>The end of a process in the middle of its work: no handler of the product catches it.</summary>
internal sealed class KilledException : Exception;
