using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace StepCaRenew.DevCa.Api;

/// <summary>The field csr of /sign and /rekey.</summary>
internal static class SigningRequest
{
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
