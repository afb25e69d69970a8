using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.DevCa.Pki;

/// <summary>Issues leaf certificates with an intermediate's key, in step-ca's form.</summary>
public sealed class LeafIssuer(X509Certificate2 issuer, ECDsa issuerKey)
{
    private const string AuthorityKeyIdentifier = "2.5.29.35";
    private const string SubjectKeyIdentifier = "2.5.29.14";

    /// <summary>The certificate that signs.</summary>
    public X509Certificate2 Issuer { get; } = issuer;

    /// <summary>Makes a certificate for a key.</summary>
    public X509Certificate2 Issue(LeafProfile profile, PublicKey key)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(key);
        var request = new CertificateRequest(Subject.WithCommonName(profile.Name), key, HashAlgorithmName.SHA256);
        foreach (var extension in LeafExtensions.ForProfile(profile, key, Issuer))
            request.CertificateExtensions.Add(extension);
        return Sign(request, profile.NotBefore, profile.NotAfter);
    }

    /// <summary>
    /// Renews a certificate: everything stays except the serial number, the validity
    /// and, for a new key, the subject key identifier.
    /// </summary>
    public X509Certificate2 Renew(X509Certificate2 old, PublicKey? newKey, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        ArgumentNullException.ThrowIfNull(old);
        var request = new CertificateRequest(old.SubjectName, newKey ?? old.PublicKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(LeafExtensions.AuthorityKeyIdentifier(Issuer));
        foreach (var extension in old.Extensions.Where(e => e.Oid!.Value != AuthorityKeyIdentifier))
        {
            request.CertificateExtensions.Add(newKey is not null && extension.Oid!.Value == SubjectKeyIdentifier
                ? new X509SubjectKeyIdentifierExtension(newKey, critical: false)
                : extension);
        }
        return Sign(request, notBefore, notAfter);
    }

    private X509Certificate2 Sign(CertificateRequest request, DateTimeOffset notBefore, DateTimeOffset notAfter) =>
        request.Create(Issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(issuerKey),
            notBefore, notAfter, RandomNumberGenerator.GetBytes(16));
}
