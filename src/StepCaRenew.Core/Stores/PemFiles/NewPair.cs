using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>Renders the files of a new pair, in the form of the old pair if there is one.</summary>
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

    /// <summary>Renders the files of a new pair, and checks that the loader can read them.</summary>
    /// <param name="paths">The files, links resolved: one file can be named in two ways.</param>
    /// <param name="next">The new pair.</param>
    /// <param name="model">The pair that is replaced, whose form is kept, and whose key may stay; null for new files.</param>
    /// <param name="password">The password of the key.</param>
    public static PairVersion Render(PairPaths paths, KeyedCertificate next, CertificatePair? model, KeyPassword? password)
    {
        var isKeyNew = model is null || next.Key != model.Key;
        var keyBlock = isKeyNew && paths.IsOneFile ? KeyContent.RenderBlock(next.Key, model?.KeyFile, password) : null;
        var certificate = CertificateContent.Render(next.Leaf, next.Chain, model?.Certificate.Document, keyBlock);
        var key = paths.IsOneFile ? certificate : isKeyNew ? KeyContent.Render(next.Key, model?.KeyFile, password) : model!.KeyFile.Document.File.Bytes;
        RequireLoadable(paths, next, certificate, isKeyNew || paths.IsOneFile ? key : null, password);
        return new PairVersion(certificate, key);
    }

    // The answer was verified. This is about what was made of it, before it replaces anything: if the loader could not read
    // it, the pair would never be renewed again. A key file that stays was read at the start of the run.
    private static void RequireLoadable(PairPaths paths, KeyedCertificate next, byte[] newCertificate, byte[]? newKey, KeyPassword? password)
    {
        try
        {
            using var certificate = CertificateFile.Parse(new InputFile(paths.Certificate, newCertificate, default));
            using var key = newKey is null ? null : KeyFile.Parse(new InputFile(paths.Key, newKey, default), password);
            if (certificate.Leaf.RawDataMemory.Span.SequenceEqual(next.Leaf.RawDataMemory.Span) && PairMatch.Matches(certificate.Leaf, key?.Key ?? next.Key))
                return;
        }
        catch (RenewalException e)
        {
            throw new InvalidOperationException($"The new certificate and key, as they would be written, cannot be read: {e.Message} Nothing was changed.", e);
        }

        throw new InvalidOperationException("The new certificate and key, as they would be written, do not match. Nothing was changed.");
    }
}
