using StepCaRenew.Certificates;
using StepCaRenew.StepCa;

namespace StepCaRenew.Pairs;

/// <summary>What becomes of the files of a pair.</summary>
/// <param name="Certificate">The certificate file.</param>
/// <param name="Key">The key file; null where it stays, or stands in the certificate file.</param>
/// <param name="Proven">What both files are to hold: certificate and key of it were compared.</param>
internal sealed record PairChange(FileChange Certificate, FileChange? Key, ProvenPair Proven)
{
    /// <summary>Demands that a new key would leave no half of the old pair behind: a key beside the certificate, a certificate beside the key.</summary>
    /// <exception cref="RenewalException">It would (<see cref="ErrorId.HalvesInBothFiles"/>).</exception>
    public static void DemandOneKey(CertificatePair pair, PairPaths paths)
    {
        if (paths.IsOneFile)
            return;
        var other = pair.Certificate.HoldsKey ? $"the certificate file '{pair.Certificate.Path}' holds a key as well"
            : pair.KeyFile.Document.Blocks.Any(block => block.IsCertificate) ? $"the key file '{pair.KeyPath}' holds a certificate as well"
            : null;
        if (other is not null)
            throw new RenewalException(
                ErrorId.HalvesInBothFiles, $"With a new key, a half of the old pair would stay beside a half of the new one: {other}. Nothing was changed.",
                "Keep certificate and key in one file (name it as both), or each in a file of its own.");
    }

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
        var certificateChange = new FileChange(certificate.Document.File.Bytes, CertificateContent.Render(certificate, answer.Leaf, answer.Chain, block));
        var keyChange = newKey is null || paths.IsOneFile ? null : new FileChange(key.Document.File.Bytes, KeyContent.Render(key, newKey, password));
        var proven = new ProvenPair(certificateChange.After, paths.IsOneFile ? certificateChange.After : keyChange?.After ?? key.Document.File.Bytes);
        if (!HoldsLeaf(proven, pair, answer) || (newKey is not null && !HoldsKey(proven, pair, answer, password)))
            throw new InvalidOperationException("The new certificate and key, as they would be written, don't belong together. Nothing was changed.");
        return new PairChange(certificateChange, keyChange, proven);
    }

    // The answer was verified; this is about what we made of it, before anything of it gets to its place.
    private static bool HoldsLeaf(ProvenPair proven, CertificatePair pair, CaAnswer answer)
    {
        var document = PemDocument.Parse(new InputFile(pair.Certificate.Path, proven.Certificate, default), "new certificate file", ErrorId.CertificateInvalid);
        return document.Certificates.First().Span.SequenceEqual(answer.Leaf.RawData);
    }

    private static bool HoldsKey(ProvenPair proven, CertificatePair pair, CaAnswer answer, KeyPassword? password)
    {
        using var key = KeyFile.Parse(new InputFile(pair.KeyPath, proven.Key, default), password);
        return PairMatch.Matches(answer.Leaf, key.Key);
    }
}
