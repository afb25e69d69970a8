using System.Globalization;
using System.Numerics;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.DevCa.Authority;

/// <summary>Serial numbers in the API's form.</summary>
internal static class Serials
{
    public static string Decimal(X509Certificate2 certificate) =>
        new BigInteger(certificate.SerialNumberBytes.Span, isUnsigned: true, isBigEndian: true).ToString(CultureInfo.InvariantCulture);

    /// <summary>A serial in decimal digits from decimal or, after 0x, hexadecimal ones; null if the text is neither.</summary>
    public static string? Parse(string text)
    {
        // With a leading zero the first digit is not read as a sign.
        var isRead = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? BigInteger.TryParse("0" + text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
            : BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
        return isRead ? number.ToString(CultureInfo.InvariantCulture) : null;
    }
}
