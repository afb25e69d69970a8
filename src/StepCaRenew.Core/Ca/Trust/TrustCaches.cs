using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Ca.Configuration;

namespace StepCaRenew.Ca.Trust;

/// <summary>
/// The roots of one call for many certificates: the root file is read for each of them, but decoded only if its content is
/// new.
/// </summary>
internal sealed class RootCache : IDisposable
{
    private readonly List<TrustedRoots> known = [];

    /// <summary>The roots that are on disk now; this object disposes them. Thread-safe.</summary>
    /// <exception cref="RenewalException">There is no root certificate, or its fingerprint is not the configured one.</exception>
    public TrustedRoots Load(CaSettings settings)
    {
        lock (known)
        {
            var file = TrustedRoots.ReadFile(settings);
            var roots = known.Find(one => one.AreFrom(file));
            if (roots is null)
                known.Add(roots = TrustedRoots.Parse(settings, file));
            roots.RequireFingerprint(settings);
            return roots;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => known.ForEach(roots => roots.Dispose());
}

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
