using StepCaRenew.Ca;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>Makes the new content of the files of a pair, in the form of the old one.</summary>
internal static class NewPair
{
    /// <summary>Requires that a new key leaves no part of the old pair: no key in the certificate file, no certificate in the key file.</summary>
    /// <exception cref="RenewalException">One of the files holds both (<see cref="ErrorId.MixedPairFiles"/>).</exception>
    public static void RequireUnmixed(CertificatePair pair, PairPaths paths)
    {
        if (paths.IsOneFile)
            return;
        var other = pair.Certificate.HoldsKey ? $"the certificate file '{pair.Certificate.Path}' holds a key as well"
            : pair.KeyFile.Document.Blocks.Any(block => block.IsCertificate) ? $"the key file '{pair.KeyPath}' holds a certificate as well"
            : null;
        if (other is not null)
            throw new RenewalException(
                ErrorId.MixedPairFiles, $"'{pair.Certificate.Path}' cannot get a new key: {other}, and the old one would stay there. Nothing was changed.",
                "Keep certificate and key in one file (name it as both), or each in a file of its own.");
    }

    /// <summary>Makes the new version of the pair.</summary>
    /// <param name="paths">The files, links resolved: one file can be named in two ways.</param>
    /// <param name="pair">The old pair.</param>
    /// <param name="answer">The new certificate.</param>
    /// <param name="newKey">The new key; null if the key stays.</param>
    /// <param name="password">The password of the key, which stays.</param>
    public static PairVersion Render(PairPaths paths, CertificatePair pair, CaAnswer answer, PrivateKey? newKey, KeyPassword? password)
    {
        var (certificate, key) = (pair.Certificate, pair.KeyFile);
        var block = newKey is not null && paths.IsOneFile ? KeyContent.RenderBlock(key, newKey, password) : null;
        var newCertificate = CertificateContent.Render(certificate, answer.Leaf, answer.Chain, block);
        var newKeyFile = paths.IsOneFile ? newCertificate : newKey is null ? key.Document.File.Bytes : KeyContent.Render(key, newKey, password);
        RequireLoadable(newCertificate, newKeyFile, keyIsNew: newKey is not null || paths.IsOneFile, pair, answer, password);
        return new PairVersion(newCertificate, newKeyFile);
    }

    // The answer was verified. This is about what was made of it, before it replaces anything: if the loader could not read
    // it, the pair would never be renewed again.
    private static void RequireLoadable(byte[] newCertificate, byte[] newKey, bool keyIsNew, CertificatePair pair, CaAnswer answer, KeyPassword? password)
    {
        try
        {
            using var certificate = CertificateFile.Parse(new InputFile(pair.Certificate.Path, newCertificate, default));
            // A key file that stays was read at the start of the run.
            using var written = keyIsNew ? KeyFile.Parse(new InputFile(pair.KeyPath, newKey, default), password) : null;
            if (certificate.Leaf.RawData.AsSpan().SequenceEqual(answer.Leaf.RawData) && PairMatch.Matches(certificate.Leaf, written?.Key ?? pair.Key))
                return;
        }
        catch (RenewalException e)
        {
            throw new InvalidOperationException($"The new certificate and key, as they would be written, cannot be read: {e.Message} Nothing was changed.", e);
        }

        throw new InvalidOperationException("The new certificate and key, as they would be written, do not match. Nothing was changed.");
    }
}
