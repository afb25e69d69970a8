using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;

namespace StepCaRenew.Ca;

/// <summary>Reads the certificates in the answer to <c>/sign</c>, <c>/renew</c> and <c>/rekey</c>.</summary>
internal static class AnswerReader
{
    /// <summary>The leaf and its chain: <c>certChain</c>, or <c>crt</c> and <c>ca</c> if that is empty.</summary>
    /// <exception cref="RenewalException">The answer contains no certificate, or a damaged one.</exception>
    public static CaAnswer Read(CaResponse response, Uri endpoint, IssuerCache issuers)
    {
        SignAnswer? answer;
        try
        {
            answer = JsonSerializer.Deserialize(response.Body, CaJson.Default.SignAnswer);
        }
        catch (JsonException e)
        {
            throw Refusals.Invalid(response, endpoint, "an answer that is not JSON", e);
        }

        var pems = answer?.Chain is { Count: > 0 } chain ? chain : new[] { answer?.Certificate, answer?.Issuer }.OfType<string>().Where(pem => pem.Length > 0).ToList();
        if (pems.Count == 0)
            throw Refusals.Invalid(response, endpoint, "an answer without a certificate");
        var certificates = new List<X509Certificate2>();
        try
        {
            certificates.Add(Decode(ReadDer(pems[0])));
            certificates.AddRange(pems.Skip(1).Select(pem => issuers.Decode(ReadDer(pem), Decode)));
        }
        catch (CryptographicException e)
        {
            certificates.ForEach(certificate => certificate.Dispose());
            throw Refusals.Invalid(response, endpoint, "a certificate that cannot be decoded", e);
        }

        return new CaAnswer(certificates[0], certificates[1..]);
    }

    private static byte[] ReadDer(string pem)
    {
        if (!PemEncoding.TryFind(pem, out var block) || pem.AsSpan()[block.Label] is not "CERTIFICATE")
            throw new CryptographicException("It is not a certificate in PEM.");
        return Convert.FromBase64String(pem[block.Base64Data]);
    }

    private static X509Certificate2 Decode(ReadOnlyMemory<byte> der) =>
        CertificateOutline.HasShape(der) ? CertificateDecoder.Decode(der) : throw new CryptographicException("Its structure is not a certificate.");
}

/// <summary>The certificates in the CA's answer.</summary>
/// <param name="Leaf">The new leaf.</param>
/// <param name="Chain">The other certificates, the leaf's issuer first.</param>
internal sealed record CaAnswer(X509Certificate2 Leaf, IReadOnlyList<X509Certificate2> Chain) : IDisposable
{
    /// <summary>The certificate together with the key that it was issued for.</summary>
    internal KeyedCertificate WithKey(PrivateKey key) => new(Leaf, Chain, key, "the CA's answer");

    /// <inheritdoc/>
    public void Dispose()
    {
        Leaf.Dispose();
        foreach (var certificate in Chain)
            certificate.Dispose();
    }
}
