using System.Numerics;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.DevCa.Authority;

/// <summary>Serial numbers as the API writes them.</summary>
internal static class Serials
{
    public static string Decimal(X509Certificate2 certificate) =>
        new BigInteger(certificate.SerialNumberBytes.Span, isUnsigned: true, isBigEndian: true).ToString();
}
