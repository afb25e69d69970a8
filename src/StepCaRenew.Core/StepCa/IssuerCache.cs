using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.StepCa;

/// <summary>
/// The issuers that the CA's answers hold: the same one or two for all certificates of a call, and to decode one takes
/// longer than to read the answer. What the bytes are is what they were; nothing here can grow old.
/// </summary>
internal sealed class IssuerCache : IDisposable
{
    // No CA has more; one that sends others each time gains nothing, and costs nothing.
    private const int Most = 16;

    private readonly ConcurrentDictionary<string, X509Certificate2> known = new();

    /// <summary>Decodes a certificate, which is the caller's; from any thread.</summary>
    /// <exception cref="CryptographicException">It can't be decoded.</exception>
    public X509Certificate2 Decode(string pem)
    {
        if (known.TryGetValue(pem, out var issuer))
            return new X509Certificate2(issuer);
        var decoded = X509Certificate2.CreateFromPem(pem);
        if (known.Count < Most)
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
