using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Certificates;

/// <summary>The new content of a certificate file, in the form of the old one.</summary>
internal static class CertificateContent
{
    /// <summary>
    /// DER stays DER and holds the leaf alone. PEM holds leaf and chain in the order of a handshake; other blocks of the
    /// file (a key, DH parameters) stay to the letter and in their place, and text around blocks, which describes the
    /// old certificate, goes.
    /// </summary>
    /// <param name="old">The old file.</param>
    /// <param name="leaf">The new leaf.</param>
    /// <param name="chain">Its issuers, the nearest first.</param>
    /// <param name="newKey">The block of a new key, where the file holds the key as well and it changes too.</param>
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
