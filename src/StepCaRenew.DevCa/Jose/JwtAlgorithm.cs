using System.Security.Cryptography;

namespace StepCaRenew.DevCa.Jose;

/// <summary>The signature algorithms of RFC 7518 section 3 that step-ca's tokens use.</summary>
internal static class JwtAlgorithm
{
    public static string ForKey(AsymmetricAlgorithm key) => key switch
    {
        ECDsa { KeySize: 256 } => "ES256",
        ECDsa { KeySize: 384 } => "ES384",
        ECDsa { KeySize: 521 } => "ES512",
        RSA => "RS256",
        _ => throw new NotSupportedException($"No token algorithm for a key of type {key.GetType().Name}."),
    };

    public static byte[] Sign(byte[] data, AsymmetricAlgorithm key) => key switch
    {
        ECDsa ec => ec.SignData(data, Hash(key)),
        RSA rsa => rsa.SignData(data, Hash(key), RSASignaturePadding.Pkcs1),
        _ => throw new NotSupportedException(),
    };

    public static bool Verify(byte[] data, byte[] signature, AsymmetricAlgorithm key) => key switch
    {
        ECDsa ec => ec.VerifyData(data, signature, Hash(key)),
        RSA rsa => rsa.VerifyData(data, signature, Hash(key), RSASignaturePadding.Pkcs1),
        _ => false,
    };

    private static HashAlgorithmName Hash(AsymmetricAlgorithm key) => ForKey(key)[2..] switch
    {
        "256" => HashAlgorithmName.SHA256,
        "384" => HashAlgorithmName.SHA384,
        _ => HashAlgorithmName.SHA512,
    };
}
