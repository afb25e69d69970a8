using StepCaRenew.Certificates;
using StepCaRenew.StepCa;

namespace StepCaRenew.Pairs;

/// <summary>What becomes of the files of a pair.</summary>
/// <param name="Certificate">The certificate file.</param>
/// <param name="Key">The key file; null where it stays, or stands in the certificate file.</param>
internal sealed record PairChange(FileChange Certificate, FileChange? Key)
{
    /// <summary>Makes the new contents, in the form of the old ones.</summary>
    /// <param name="paths">Where the files lie, links resolved: one file may have been named in two ways.</param>
    /// <param name="pair">The pair as it was loaded.</param>
    /// <param name="answer">The new certificate.</param>
    /// <param name="newKey">The new key; null where it stays.</param>
    /// <param name="password">The key's password, which stays.</param>
    public static PairChange Of(PairPaths paths, CertificatePair pair, CaAnswer answer, PrivateKey? newKey, KeyPassword? password)
    {
        var (certificate, key) = (pair.Certificate, pair.KeyFile);
        var block = newKey is not null && paths.IsOneFile ? KeyContent.RenderBlock(key, newKey, password) : null;
        return new PairChange(
            new FileChange(certificate.Document.File.Bytes, CertificateContent.Render(certificate, answer.Leaf, answer.Chain, block)),
            newKey is null || paths.IsOneFile ? null : new FileChange(key.Document.File.Bytes, KeyContent.Render(key, newKey, password)));
    }
}
