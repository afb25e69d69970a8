using System.Security.Cryptography;

namespace StepCaRenew.Certificates;

/// <summary>What the platform makes sure of when it imports an EC key.</summary>
internal static class EcImport
{
    private static readonly Lazy<bool> Refuses = new(RefusesSplicedKey);

    /// <summary>
    /// Whether a key that was imported is known to be whole: OpenSSL multiplies the private half out and compares, which
    /// takes longer than all else about a key. Then a signature would prove the same once more.
    /// </summary>
    public static bool Proves => Refuses.Value;

    // Asked of the platform itself, once: other ones don't look, and another version might not.
    private static bool RefusesSplicedKey()
    {
        using var one = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var spliced = one.ExportParameters(includePrivateParameters: true);
        spliced.Q = other.ExportParameters(includePrivateParameters: false).Q;
        try
        {
            using var key = ECDsa.Create(spliced);
            return false;
        }
        catch (CryptographicException)
        {
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(spliced.D);
        }
    }
}
