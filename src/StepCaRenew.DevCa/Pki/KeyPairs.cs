using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.DevCa.Pki;

/// <summary>Key pairs by the names that the CLI and the tests use.</summary>
public static class KeyPairs
{
    /// <summary>Makes a key: EC-P256, EC-P384, EC-P521, or RSA- with a number of bits.</summary>
    public static AsymmetricAlgorithm Create(string algorithm)
    {
        ArgumentNullException.ThrowIfNull(algorithm);
        return algorithm switch
        {
            "EC-P256" => ECDsa.Create(ECCurve.NamedCurves.nistP256),
            "EC-P384" => ECDsa.Create(ECCurve.NamedCurves.nistP384),
            "EC-P521" => ECDsa.Create(ECCurve.NamedCurves.nistP521),
            _ when algorithm.StartsWith("RSA-", StringComparison.Ordinal)
                && int.TryParse(algorithm.AsSpan(4), CultureInfo.InvariantCulture, out var bits) => RSA.Create(bits),
            _ => throw new ArgumentException($"'{algorithm}' is not one of EC-P256, EC-P384, EC-P521, RSA-2048, RSA-3072, RSA-4096.", nameof(algorithm)),
        };
    }

    /// <summary>The public key in the form of certificates.</summary>
    public static PublicKey PublicKeyOf(AsymmetricAlgorithm key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new(key);
    }

    /// <summary>A certificate signing request in PEM.</summary>
    public static string CreateSigningRequest(AsymmetricAlgorithm key, string name)
    {
        var subject = Subject.WithCommonName(name);
        var request = key switch
        {
            ECDsa ec => new CertificateRequest(subject, ec, HashAlgorithmName.SHA256),
            RSA rsa => new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            _ => throw new NotSupportedException($"A key of type {key?.GetType().Name} cannot sign a request."),
        };
        return request.CreateSigningRequestPem();
    }
}
