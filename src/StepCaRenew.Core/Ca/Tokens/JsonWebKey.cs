using System.Security.Cryptography;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Text;

namespace StepCaRenew.Ca.Tokens;

/// <summary>Reads private keys in the JSON form of RFC 7517 and RFC 7518 section 6: EC and RSA.</summary>
internal static class JsonWebKey
{
    private const int LongestModulus = 1024;
    private const int ShortestModulus = 256;
    private const int LongestExponent = 8;

    /// <summary>Reads a private key.</summary>
    /// <exception cref="FormatException">It is not a private key of RSA or one of the curves P-256, P-384 and P-521.</exception>
    public static PrivateKey ReadPrivate(JoseObject jwk)
    {
        try
        {
            return jwk.Text("kty") switch
            {
                "EC" => ReadEc(jwk),
                "RSA" => ReadRsa(jwk),
                var other => throw new FormatException($"its type is '{PlainText.Excerpt(other ?? string.Empty)}' instead of EC or RSA"),
            };
        }
        catch (CryptographicException e)
        {
            throw new FormatException("its numbers are not a key", e);
        }
    }

    private static PrivateKey ReadEc(JoseObject jwk)
    {
        var (curve, length) = jwk.Text("crv") switch
        {
            "P-256" => (ECCurve.NamedCurves.nistP256, 32),
            "P-384" => (ECCurve.NamedCurves.nistP384, 48),
            "P-521" => (ECCurve.NamedCurves.nistP521, 66),
            var other => throw new FormatException($"its curve is '{PlainText.Excerpt(other ?? string.Empty)}' instead of P-256, P-384 or P-521"),
        };
        var secret = Number(jwk, "d", length);
        try
        {
            return new PrivateKey(ECDsa.Create(new ECParameters
            {
                Curve = curve,
                Q = new ECPoint { X = Number(jwk, "x", length), Y = Number(jwk, "y", length) },
                D = secret,
            }));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private static PrivateKey ReadRsa(JoseObject jwk)
    {
        var modulus = jwk.Bytes("n", LongestModulus);
        if (modulus.Length < ShortestModulus || modulus[0] == 0)
            throw new FormatException($"its modulus is shorter than {ShortestModulus * 8} bits");
        var half = (modulus.Length + 1) / 2;
        var parameters = new RSAParameters
        {
            Modulus = modulus,
            Exponent = jwk.Bytes("e", LongestExponent),
            D = Number(jwk, "d", modulus.Length),
            P = Number(jwk, "p", half),
            Q = Number(jwk, "q", half),
            DP = Number(jwk, "dp", half),
            DQ = Number(jwk, "dq", half),
            InverseQ = Number(jwk, "qi", half),
        };
        try
        {
            return new PrivateKey(RSA.Create(parameters));
        }
        finally
        {
            foreach (var secret in new[] { parameters.D, parameters.P, parameters.Q, parameters.DP, parameters.DQ, parameters.InverseQ })
                CryptographicOperations.ZeroMemory(secret);
        }
    }

    // .NET wants all numbers in their full length; writers may leave out zeros at the beginning.
    private static byte[] Number(JoseObject jwk, string name, int length)
    {
        var bytes = jwk.Bytes(name, length);
        var number = new byte[length];
        bytes.CopyTo(number, length - bytes.Length);
        return number;
    }
}
