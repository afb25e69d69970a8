using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Certificates.Keys;

/// <summary>An RSA or EC private key in memory.</summary>
internal sealed class PrivateKey : IDisposable
{
    private readonly RSA? rsa;
    private readonly ECDsa? ec;
    private string? algorithm;

    /// <summary>Wraps an RSA key, which is disposed with this.</summary>
    public PrivateKey(RSA rsa) => this.rsa = rsa;

    /// <summary>Wraps an EC key, which is disposed with this.</summary>
    public PrivateKey(ECDsa ec) => this.ec = ec;

    /// <summary>Algorithm and size: <c>EC P-256</c>, <c>RSA 2048</c>.</summary>
    public string Algorithm => algorithm ??= rsa is not null ? $"RSA {rsa.KeySize}" : $"EC {NamedCurve.Describe(ec!)}";

    /// <summary>The size of the key in bits.</summary>
    public int Size => Handle.KeySize;

    /// <summary>Whether the public key was computed from the private key, so that they are known to match.</summary>
    internal bool HasDerivedPublicKey { get; init; }

    /// <summary>The platform's key; do not dispose it.</summary>
    internal AsymmetricAlgorithm Handle => (AsymmetricAlgorithm?)rsa ?? ec!;

    /// <summary>The algorithm of JSON Web Signatures with this key: RS256, ES256, ES384 or ES512 (RFC 7518).</summary>
    internal string JwsAlgorithm => rsa is not null ? "RS256" : ec!.KeySize switch { 256 => "ES256", 384 => "ES384", _ => "ES512" };

    /// <summary>The public key as a DER SubjectPublicKeyInfo (RFC 5280).</summary>
    public byte[] ExportSubjectPublicKeyInfo() => rsa?.ExportSubjectPublicKeyInfo() ?? ec!.ExportSubjectPublicKeyInfo();

    /// <summary>Signs with the hash that fits the key; an EC signature is r and s concatenated (RFC 7515).</summary>
    internal byte[] Sign(ReadOnlySpan<byte> data) =>
        rsa?.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) ?? ec!.SignData(data, EcHash(ec), DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    /// <summary>Whether a signature of <see cref="Sign"/> verifies with the public key.</summary>
    internal bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        rsa?.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
        ?? ec!.VerifyData(data, signature, EcHash(ec), DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    /// <summary>The certificate with this key attached, for a TLS client.</summary>
    internal X509Certificate2 AttachTo(X509Certificate2 certificate) =>
        rsa is not null ? certificate.CopyWithPrivateKey(rsa) : certificate.CopyWithPrivateKey(ec!);

    /// <summary>A certificate signing request (RFC 2986) for this key, as PEM.</summary>
    internal string CreateSigningRequest(X500DistinguishedName subject)
    {
        var request = rsa is not null
            ? new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(subject, ec!, EcHash(ec!));
        return request.CreateSigningRequestPem();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        rsa?.Dispose();
        ec?.Dispose();
    }

    private static HashAlgorithmName EcHash(ECDsa key) => key.KeySize switch
    {
        <= 256 => HashAlgorithmName.SHA256,
        <= 384 => HashAlgorithmName.SHA384,
        _ => HashAlgorithmName.SHA512,
    };
}
