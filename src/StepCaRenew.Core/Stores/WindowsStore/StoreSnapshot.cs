using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates;

namespace StepCaRenew.Stores.WindowsStore;

/// <summary>A pair in a certificate store as it was read; disposing it closes its key.</summary>
internal sealed class StoreSnapshot(string text, X509Certificate2 leaf, StoredKey key, Func<IReadOnlyList<X509Certificate2>> readChain, PairVersion version) : PairSnapshot(
    new PairFacts(text, text, key.Key.Algorithm, leaf.SubjectName.RawData, leaf.SerialNumber, Policy.CertificateValidity.FromCertificate(leaf)), version)
{
    private readonly Lazy<IReadOnlyList<X509Certificate2>> chain = new(readChain);

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> FirstCertificate => leaf.RawDataMemory;

    /// <inheritdoc/>
    public override KeyedCertificate Keyed => field ??= new(leaf, () => chain.Value, key.Key, text);

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (chain.IsValueCreated)
            chain.Value.ToList().ForEach(one => one.Dispose());
        leaf.Dispose();
        key.Dispose();
    }
}
