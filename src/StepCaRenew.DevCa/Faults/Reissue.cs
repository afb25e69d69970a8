using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.DevCa.Authority;
using StepCaRenew.DevCa.Pki;

namespace StepCaRenew.DevCa.Faults;

/// <summary>Issues a certificate like another one, with differences that no real CA would make.</summary>
internal static class Reissue
{
    /// <summary>The same certificate; the given extensions replace those of the same kind.</summary>
    public static X509Certificate2 With(X509Certificate2 leaf, CaState state, params X509Extension[] others) =>
        Sign(leaf, others, state.Ca.Intermediate, X509SignatureGenerator.CreateForECDsa(state.Ca.IntermediateKey));

    /// <summary>The same certificate, signed by another issuer.</summary>
    public static X509Certificate2 By(X509Certificate2 issuer, X509SignatureGenerator signature, X509Certificate2 leaf) =>
        Sign(leaf, [LeafExtensions.AuthorityKeyIdentifier(issuer)], issuer, signature);

    /// <summary>An intermediate below the CA's root.</summary>
    public static X509Certificate2 Intermediate(CaState state, X500DistinguishedName name, PublicKey key, DateTimeOffset end)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForCertificateAuthority(0));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(key, false));
        request.CertificateExtensions.Add(LeafExtensions.AuthorityKeyIdentifier(state.Ca.Roots[^1]));
        return request.Create(
            state.Ca.Roots[^1].SubjectName, X509SignatureGenerator.CreateForECDsa(state.Ca.RootKey), state.Now.AddDays(-1), end, RandomNumberGenerator.GetBytes(16));
    }

    private static X509Certificate2 Sign(X509Certificate2 like, X509Extension[] others, X509Certificate2 issuer, X509SignatureGenerator signature)
    {
        var request = new CertificateRequest(like.SubjectName, like.PublicKey, HashAlgorithmName.SHA256);
        foreach (var extension in like.Extensions.Where(extension => others.All(other => other.Oid!.Value != extension.Oid!.Value)).Concat(others))
            request.CertificateExtensions.Add(extension);
        return request.Create(issuer.SubjectName, signature, like.NotBefore, like.NotAfter, RandomNumberGenerator.GetBytes(16));
    }

    /// <summary>Signs with a weak hash, which CertificateRequest refuses.</summary>
    /// <param name="key">The key.</param>
    /// <param name="hash">MD5, SHA1 or SHA256.</param>
    internal sealed class WeakSignature(RSA key, string hash) : X509SignatureGenerator
    {
        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm)
        {
            var writer = new AsnWriter(AsnEncodingRules.DER);
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.2.840.113549.1.1." + (hash switch { "MD5" => "4", "SHA1" => "5", _ => "11" }));
                writer.WriteNull();
            }

            return writer.Encode();
        }

        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) => key.SignData(data, new HashAlgorithmName(hash), RSASignaturePadding.Pkcs1);

        protected override PublicKey BuildPublicKey() => new(key);
    }
}
