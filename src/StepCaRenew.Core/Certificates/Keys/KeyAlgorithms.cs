using System.Security.Cryptography;

namespace StepCaRenew.Certificates.Keys;

/// <summary>The algorithms of new keys, by the values of <c>-KeyAlgorithm</c>.</summary>
internal static class KeyAlgorithms
{
    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names { get; } = ["EC-P256", "EC-P384", "EC-P521", "RSA-2048", "RSA-3072", "RSA-4096"];

    /// <summary>Generates a key.</summary>
    /// <param name="name">One of <see cref="Names"/>; case does not matter, as in PowerShell.</param>
    public static PrivateKey Generate(string name) => name?.ToUpperInvariant() switch
    {
        "EC-P256" => new PrivateKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)),
        "EC-P384" => new PrivateKey(ECDsa.Create(ECCurve.NamedCurves.nistP384)),
        "EC-P521" => new PrivateKey(ECDsa.Create(ECCurve.NamedCurves.nistP521)),
        "RSA-2048" => new PrivateKey(RSA.Create(2048)),
        "RSA-3072" => new PrivateKey(RSA.Create(3072)),
        "RSA-4096" => new PrivateKey(RSA.Create(4096)),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "Unknown key algorithm."),
    };

    /// <summary>Generates a key of the same algorithm and size as another key.</summary>
    public static PrivateKey GenerateLike(PrivateKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        // An RSA size that has no name here is kept.
        return key.Algorithm.StartsWith("RSA ", StringComparison.Ordinal)
            ? new PrivateKey(RSA.Create(key.Size))
            : Generate(key.Algorithm.Replace("EC P-", "EC-P", StringComparison.Ordinal));
    }
}
