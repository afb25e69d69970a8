using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace StepCaRenew.DevCa.Api;

/// <summary>The field csr of /sign and /rekey.</summary>
internal static class SigningRequest
{
    /// <summary>SHA-256 of a request that has been read, as the claim cnf has it.</summary>
    public static string Fingerprint(JsonObject body)
    {
        var pem = JsonBody.Text(body, "csr")!;
        return Base64Url.EncodeToString(SHA256.HashData(Convert.FromBase64String(pem[PemEncoding.Find(pem).Base64Data])));
    }

    public static CertificateRequest Read(JsonObject body)
    {
        if (JsonBody.Text(body, "csr") is not { Length: > 0 } pem)
            throw ApiError.BadRequest("missing csr");
        const CertificateRequestLoadOptions Unverified =
            CertificateRequestLoadOptions.SkipSignatureValidation | CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions;
        CertificateRequest request;
        try
        {
            request = CertificateRequest.LoadSigningRequestPem(pem, HashAlgorithmName.SHA256, Unverified);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            throw JsonBody.Undecodable();
        }
        try
        {
            CertificateRequest.LoadSigningRequestPem(pem, HashAlgorithmName.SHA256);
        }
        catch (CryptographicException)
        {
            throw ApiError.BadRequest("invalid csr");
        }
        return request;
    }
}
