using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Ca.Trust;

/// <summary>
/// Caches the issuers in the CA's answers by their PEM. They are the same one or two for all certificates of a call, and
/// decoding one takes longer than reading the answer.
/// </summary>
internal sealed class IssuerCache : IDisposable
{
    // No CA has more issuers; the limit is for one that sends different ones each time.
    private const int MaximumCount = 16;

    private readonly ConcurrentDictionary<string, X509Certificate2> known = new();

    /// <summary>Decodes a certificate, which the caller disposes. Thread-safe.</summary>
    /// <exception cref="CryptographicException">It cannot be decoded.</exception>
    public X509Certificate2 Decode(string pem)
    {
        if (known.TryGetValue(pem, out var issuer))
            return new X509Certificate2(issuer);
        var decoded = X509Certificate2.CreateFromPem(pem);
        if (known.Count < MaximumCount)
            known.TryAdd(pem, new X509Certificate2(decoded));
        return decoded;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var issuer in known.Values)
            issuer.Dispose();
    }
}
