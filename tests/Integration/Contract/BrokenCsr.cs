using System.Security.Cryptography;
using StepCaRenew.DevCa.Pki;

namespace StepCaRenew.Integration.Contract;

/// <summary>A signing request that is correct except for its signature.</summary>
internal static class BrokenCsr
{
    public static string Create()
    {
        using var key = KeyPairs.Create("EC-P256");
        var pem = KeyPairs.CreateSigningRequest(key, "foo.local");
        var fields = PemEncoding.Find(pem);
        var der = Convert.FromBase64String(pem[fields.Base64Data]);
        der[^1] ^= 1;
        return PemEncoding.WriteString("CERTIFICATE REQUEST", der);
    }
}
