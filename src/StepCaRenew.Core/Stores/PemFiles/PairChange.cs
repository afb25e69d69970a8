using StepCaRenew.Ca;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>What becomes of the files of a pair.</summary>
/// <param name="Certificate">The certificate file.</param>
/// <param name="Key">The key file; null where it stays, or stands in the certificate file.</param>
/// <param name="Proven">What both files are to hold: certificate and key of it were compared.</param>
internal sealed record PairChange(FileChange Certificate, FileChange? Key, ProvenPair Proven)
{
    /// <summary>Demands that a new key would leave no half of the old pair behind: a key beside the certificate, a certificate beside the key.</summary>
    /// <exception cref="RenewalException">It would (<see cref="ErrorId.MixedPairFiles"/>).</exception>
    public static void RequireUnmixed(CertificatePair pair, PairPaths paths)
    {
        if (paths.IsOneFile)
            return;
        var other = pair.Certificate.HoldsKey ? $"the certificate file '{pair.Certificate.Path}' holds a key as well"
            : pair.KeyFile.Document.Blocks.Any(block => block.IsCertificate) ? $"the key file '{pair.KeyPath}' holds a certificate as well"
            : null;
        if (other is not null)
            throw new RenewalException(
                ErrorId.MixedPairFiles, $"With a new key, a half of the old pair would stay beside a half of the new one: {other}. Nothing was changed.",
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
        RequireLoadable(proven, keyIsNew: newKey is not null || paths.IsOneFile, pair, answer, password);
        return new PairChange(certificateChange, keyChange, proven);
    }

    // The answer was verified. This is about what was made of it, before anything of it gets to its place: what the ordinary
    // loader cannot read would end the renewals of this pair for good.
    private static void RequireLoadable(ProvenPair proven, bool keyIsNew, CertificatePair pair, CaAnswer answer, KeyPassword? password)
    {
        try
        {
            using var certificate = CertificateFile.Parse(new InputFile(pair.Certificate.Path, proven.Certificate, default));
            // A key file that stays was read by the loader when the run began.
            using var written = keyIsNew ? KeyFile.Parse(new InputFile(pair.KeyPath, proven.Key, default), password) : null;
            if (certificate.Leaf.RawData.AsSpan().SequenceEqual(answer.Leaf.RawData) && PairMatch.Matches(certificate.Leaf, written?.Key ?? pair.Key))
                return;
        }
        catch (RenewalException e)
        {
            throw new InvalidOperationException($"The new certificate and key, as they would be written, cannot be read: {e.Message} Nothing was changed.", e);
        }

        throw new InvalidOperationException("The new certificate and key, as they would be written, do not belong together. Nothing was changed.");
    }
}
