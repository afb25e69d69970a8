using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates.Pem;

namespace StepCaRenew.Certificates;

/// <summary>Renders the new content of a certificate file in the form of the old one.</summary>
internal static class CertificateContent
{
    /// <summary>
    /// DER stays DER and holds the leaf alone. PEM holds leaf and chain in the order of a TLS handshake. Other blocks (a key,
    /// DH parameters) stay unchanged and in their place; text between blocks describes the old certificate and is dropped.
    /// <paramref name="newKey"/> is the block of a new key, if the file also holds the key and the key changes.
    /// </summary>
    public static byte[] Render(CertificateFile old, X509Certificate2 leaf, IEnumerable<X509Certificate2> chain, string? newKey = null)
    {
        if (!old.Document.IsPem)
            return leaf.RawData;
        var certificates = chain.Prepend(leaf).Select(certificate => certificate.ExportCertificatePem());
        return TextFile.Encode(PemWriter.Join(InPlace(old.Document.Blocks, certificates, newKey), old.Document.HasWindowsLineEnds));
    }

    private static IEnumerable<string> InPlace(IReadOnlyList<PemBlock> blocks, IEnumerable<string> certificates, string? newKey)
    {
        var first = blocks.First(block => block.IsCertificate);
        foreach (var block in blocks)
        {
            if (ReferenceEquals(block, first))
            {
                foreach (var certificate in certificates)
                    yield return certificate;
            }
            else if (!block.IsCertificate)
            {
                yield return block.IsPrivateKey ? newKey ?? block.Text : block.Text;
            }
        }
    }
}
