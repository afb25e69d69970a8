using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace StepCaRenew.Certificates;

/// <summary>The new content of a certificate file, in the form of the old one.</summary>
internal static class CertificateContent
{
    /// <summary>
    /// DER stays DER and holds the leaf alone. PEM holds leaf and chain in the order of a handshake; other blocks of the
    /// file (a key, DH parameters) stay to the letter and in their place, and text around blocks, which describes the
    /// old certificate, goes.
    /// </summary>
    public static byte[] Render(CertificateFile old, X509Certificate2 leaf, IEnumerable<X509Certificate2> chain)
    {
        if (!old.Document.IsPem)
            return leaf.RawData;
        var certificates = chain.Prepend(leaf).Select(certificate => certificate.ExportCertificatePem());
        var text = new StringBuilder();
        foreach (var block in InPlace(old.Document.Blocks, certificates))
            text.Append(block.ReplaceLineEndings(old.Document.HasWindowsLineEnds ? "\r\n" : "\n")).Append(old.Document.HasWindowsLineEnds ? "\r\n" : "\n");
        return TextFile.Encode(text.ToString());
    }

    private static IEnumerable<string> InPlace(IReadOnlyList<PemBlock> blocks, IEnumerable<string> certificates)
    {
        var first = blocks.First(block => block.IsCertificate);
        return blocks.SelectMany(block => ReferenceEquals(block, first) ? certificates : block.IsCertificate ? [] : [block.Text]);
    }
}
