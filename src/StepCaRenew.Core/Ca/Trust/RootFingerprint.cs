using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Ca.Trust;

/// <summary>The SHA-256 fingerprint of a root certificate: 64 hexadecimal digits in lower case.</summary>
internal static class RootFingerprint
{
    /// <summary>Reads a fingerprint in any case, with or without the separators <c>:</c> and <c>-</c>.</summary>
    /// <exception cref="RenewalException">It is not a SHA-256 fingerprint (<see cref="ErrorId.FingerprintInvalid"/>).</exception>
    public static string Parse(string text)
    {
        var digits = Normalize(text.Trim());
        if (digits.Length != 2 * SHA256.HashSizeInBytes || !digits.All(char.IsAsciiHexDigit))
            throw new RenewalException(
                ErrorId.FingerprintInvalid, $"'{text.Trim()}' is not a SHA-256 fingerprint: it does not have {2 * SHA256.HashSizeInBytes} hexadecimal digits.",
                "Get the fingerprint from the administrator of the CA; on the CA, 'step certificate fingerprint root_ca.crt' shows it.");
        return digits;
    }

    /// <summary>The form that fingerprints are compared in.</summary>
    public static string Normalize(string text) =>
        text.Replace(":", string.Empty, StringComparison.Ordinal).Replace("-", string.Empty, StringComparison.Ordinal).ToLowerInvariant();

    /// <summary>The fingerprint of a certificate.</summary>
    public static string Compute(X509Certificate2 certificate) => Compute(certificate.RawDataMemory.Span);

    /// <summary>The fingerprint of a certificate in DER, which is not decoded.</summary>
    public static string Compute(ReadOnlySpan<byte> der) => Convert.ToHexString(SHA256.HashData(der)).ToLowerInvariant();
}
