using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Certificates;

/// <summary>
/// Caches decoded issuers by their DER. They are the same one or two for all certificates of a call, in their files and in the CA's
/// answers, and decoding one takes longer than all other work on it. Thread-safe.
/// </summary>
internal sealed class IssuerCache : IDisposable
{
    // No CA has more issuers; the limit is for one that sends different ones each time.
    private const int MaximumCount = 16;

    private readonly object guard = new();
    private X509Certificate2[] known = [];

    /// <summary>Decodes a certificate, which the caller disposes.</summary>
    /// <param name="der">The certificate.</param>
    /// <param name="decode">Decodes it if it is new; what this throws is not cached.</param>
    public X509Certificate2 Decode(ReadOnlyMemory<byte> der, Func<ReadOnlyMemory<byte>, X509Certificate2> decode)
    {
        if (Find(der) is { } issuer)
            return new X509Certificate2(issuer);
        var decoded = decode(der);
        lock (guard)
        {
            if (known.Length < MaximumCount && Find(der) is null)
                known = [.. known, new X509Certificate2(decoded)];
        }

        return decoded;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (guard)
        {
            foreach (var issuer in known)
                issuer.Dispose();
            known = [];
        }
    }

    private X509Certificate2? Find(ReadOnlyMemory<byte> der) => Array.Find(known, one => one.RawDataMemory.Span.SequenceEqual(der.Span));
}
