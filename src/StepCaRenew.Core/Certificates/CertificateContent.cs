using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates.Pem;

namespace StepCaRenew.Certificates;

/// <summary>Renders the content of a certificate file, in the form of a model file if there is one.</summary>
internal static class CertificateContent
{
    /// <summary>
    /// PEM with leaf and chain in the order of a TLS handshake, then the block of the key, if given. A DER model gives DER, which
    /// holds the leaf only. In a PEM model, other blocks (a key, DH parameters) stay unchanged and in their place, and the key
    /// block, if given, replaces the model's; text between blocks describes the old certificate and is dropped.
    /// </summary>
    public static byte[] Render(X509Certificate2 leaf, IEnumerable<X509Certificate2> chain, PemDocument? model, string? keyBlock = null)
    {
        if (model is { IsPem: false })
            return leaf.RawData;
        var certificates = chain.Prepend(leaf).Select(certificate => certificate.ExportCertificatePem());
        var blocks = model is not null ? InPlace(model.Blocks, certificates, keyBlock) : keyBlock is null ? certificates : certificates.Append(keyBlock);
        return PemWriter.Write(blocks, model);
    }

    private static IEnumerable<string> InPlace(IReadOnlyList<PemBlock> blocks, IEnumerable<string> certificates, string? keyBlock)
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
                yield return block.IsPrivateKey ? keyBlock ?? block.Text : block.Text;
            }
        }
    }
}
