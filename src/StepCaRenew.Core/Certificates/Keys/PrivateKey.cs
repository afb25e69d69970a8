using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Certificates.Keys;

/// <summary>An RSA or EC private key in memory.</summary>
internal sealed class PrivateKey : IDisposable
{
    private readonly RSA? rsa;
    private readonly ECDsa? ec;
    private string? algorithm;
    private byte[]? publicKey;

    /// <summary>Wraps an RSA key, which is disposed with this.</summary>
    public PrivateKey(RSA rsa) => this.rsa = rsa;

    /// <summary>Wraps an EC key, which is disposed with this.</summary>
    public PrivateKey(ECDsa ec) => this.ec = ec;

    /// <summary>Algorithm and size: <c>EC P-256</c>, <c>RSA 2048</c>.</summary>
    public string Algorithm => algorithm ??= rsa is not null ? $"RSA {rsa.KeySize}" : $"EC {NamedCurve.Describe(ec!)}";

    /// <summary>The size of the key in bits.</summary>
    public int Size => Handle.KeySize;

    /// <summary>Whether the public key was computed from the private key, so they are known to match.</summary>
    internal bool HasDerivedPublicKey { get; init; }

    /// <summary>Whether the key is in a container of the system, where TLS finds it. Usually it cannot be exported.</summary>
    internal bool IsInContainer { get; init; }

    /// <summary>
    /// The same key as a certificate is to refer to it, if that is another object: not every provider for TLS signs with SHA-256. Disposed
    /// with this.
    /// </summary>
    internal RSA? Link { get; init; }

    /// <summary>The platform's key; do not dispose it.</summary>
    internal AsymmetricAlgorithm Handle => (AsymmetricAlgorithm?)rsa ?? ec!;

    /// <summary>The algorithm of JSON Web Signatures with this key: RS256, ES256, ES384 or ES512 (RFC 7518).</summary>
    internal string JwsAlgorithm => rsa is not null ? "RS256" : ec!.KeySize switch { 256 => "ES256", 384 => "ES384", _ => "ES512" };

    /// <summary>The public key as a DER SubjectPublicKeyInfo (RFC 5280).</summary>
    public byte[] ExportSubjectPublicKeyInfo() => publicKey ??= rsa?.ExportSubjectPublicKeyInfo() ?? ec!.ExportSubjectPublicKeyInfo();

    /// <summary>Signs with the hash that fits the key; an EC signature is r and s concatenated (RFC 7515).</summary>
    internal byte[] Sign(ReadOnlySpan<byte> data) =>
        rsa?.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) ?? ec!.SignData(data, EcHash(ec), DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    /// <summary>Whether a signature of <see cref="Sign"/> verifies with the public key.</summary>
    internal bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        rsa?.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
        ?? ec!.VerifyData(data, signature, EcHash(ec), DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    /// <summary>The certificate with this key attached, for a TLS client.</summary>
    internal X509Certificate2 AttachTo(X509Certificate2 certificate) =>
        rsa is not null ? certificate.CopyWithPrivateKey(Link ?? rsa) : certificate.CopyWithPrivateKey(ec!);

    /// <summary>A certificate signing request (RFC 2986) for this key, in DER.</summary>
    internal byte[] CreateSigningRequest(X500DistinguishedName subject, params X509Extension[] extensions)
    {
        var request = rsa is not null
            ? new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(subject, ec!, EcHash(ec!));
        foreach (var extension in extensions)
            request.CertificateExtensions.Add(extension);
        return request.CreateSigningRequest();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        rsa?.Dispose();
        Link?.Dispose();
        ec?.Dispose();
    }

    private static HashAlgorithmName EcHash(ECDsa key) => key.KeySize switch
    {
        <= 256 => HashAlgorithmName.SHA256,
        <= 384 => HashAlgorithmName.SHA384,
        _ => HashAlgorithmName.SHA512,
    };
}

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
            : Generate(NameOf(key.Algorithm));
    }

    /// <summary>The name of the algorithm of a key: <c>EC-P256</c> for <c>EC P-256</c>.</summary>
    public static string NameOf(string algorithm) => algorithm.Replace("EC P-", "EC-P", StringComparison.Ordinal).Replace("RSA ", "RSA-", StringComparison.Ordinal);
}

/// <summary>The elliptic curves that step-ca and .NET both support.</summary>
internal static class NamedCurve
{
    /// <summary>The curve's name in TLS and JOSE (<c>P-256</c>), or null for another curve.</summary>
    public static string? FindName(ECDsa key)
    {
        var oid = key.ExportParameters(includePrivateParameters: false).Curve.Oid;
        return oid?.Value switch
        {
            "1.2.840.10045.3.1.7" => "P-256",
            "1.3.132.0.34" => "P-384",
            "1.3.132.0.35" => "P-521",
            // Windows gives a name instead of an OID.
            _ => oid?.FriendlyName switch
            {
                "nistP256" or "ECDSA_P256" => "P-256",
                "nistP384" or "ECDSA_P384" => "P-384",
                "nistP521" or "ECDSA_P521" => "P-521",
                _ => null,
            },
        };
    }

    /// <summary>A name of any curve, for messages.</summary>
    public static string Describe(ECDsa key)
    {
        var oid = key.ExportParameters(includePrivateParameters: false).Curve.Oid;
        return FindName(key) ?? oid?.FriendlyName ?? oid?.Value ?? "an unnamed curve";
    }
}

/// <summary>The id of a public key: SHA-256 of its SubjectPublicKeyInfo, in lower-case hexadecimal.</summary>
internal static class PublicKeyId
{
    /// <summary>The id of a certificate's public key.</summary>
    public static string Compute(X509Certificate2 certificate) => Hash(certificate.PublicKey.ExportSubjectPublicKeyInfo());

    /// <summary>The id of the public key of a private key.</summary>
    public static string Compute(PrivateKey key) => Hash(key.ExportSubjectPublicKeyInfo());

    private static string Hash(byte[] spki) => Convert.ToHexString(SHA256.HashData(spki)).ToLowerInvariant();
}
