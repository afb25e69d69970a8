using System.Globalization;
using System.Numerics;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Certificates;

/// <summary>Serial numbers as step-ca writes them in its API: decimal.</summary>
internal static class SerialNumber
{
    /// <summary>The serial number of a certificate.</summary>
    public static string ToDecimal(X509Certificate2 certificate) =>
        new BigInteger(Convert.FromHexString(certificate.SerialNumber), isUnsigned: true, isBigEndian: true).ToString(CultureInfo.InvariantCulture);

    /// <summary>Reads a serial number: decimal, or hexadecimal with <c>0x</c> or with <c>:</c> between its bytes.</summary>
    /// <remarks>Digits alone are decimal, as in step: a hexadecimal number without a letter would be another certificate's.</remarks>
    /// <exception cref="RenewalException">It is neither (<see cref="ErrorId.SerialNumberInvalid"/>).</exception>
    public static string Parse(string text)
    {
        var digits = text.Trim();
        if (digits.Length > 0 && digits.All(char.IsAsciiDigit))
            return BigInteger.Parse(digits, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);
        var hex = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? digits[2..]
            : digits.Contains(':', StringComparison.Ordinal) ? digits.Replace(":", string.Empty, StringComparison.Ordinal)
            : string.Empty;
        // The zero in front makes it positive, whatever its first digit is.
        return hex.Length > 0 && hex.All(char.IsAsciiHexDigit)
            ? BigInteger.Parse($"0{hex}", NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)
            : throw new RenewalException(
                ErrorId.SerialNumberInvalid, $"'{text.Trim()}' is not a serial number.",
                "Write it in decimal digits, as 'step certificate inspect' shows it, or in hexadecimal digits with 0x in front.");
    }
}
