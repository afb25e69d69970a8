using StepCaRenew.Certificates;

namespace StepCaRenew.Inspection;

/// <summary>Recognises the leaf certificates in a folder that also holds keys, roots and other files.</summary>
internal static class CertificateFolder
{
    private static readonly string[] Endings = [".crt", ".cer", ".cert", ".pem", ".der"];

    /// <summary>
    /// Whether a file that a search found is a leaf certificate, and not a key, a root or a chain.
    /// </summary>
    /// <exception cref="RenewalException">The file cannot be read, or is a damaged certificate.</exception>
    public static bool IsLeaf(string path)
    {
        var document = CertificateFile.Read(path);
        var outlines = document.Certificates.Select(CertificateOutline.TryRead).ToList();
        if (outlines.Exists(outline => outline is null))
        {
            // Not strict DER, or damaged: decoding it reports what is wrong.
            using var certificate = CertificateFile.Parse(document);
            return !ChainOrder.IsAuthority(certificate.Leaf);
        }

        return outlines.Exists(outline => !outline!.IsAuthority);
    }

    /// <summary>Whether a file with this name can be a certificate. Staged files, and the temporary files of editors, begin with a dot.</summary>
    internal static bool IsCandidate(ReadOnlySpan<char> name)
    {
        if (name is ['.', ..])
            return false;
        var ending = Path.GetExtension(name);
        foreach (var known in Endings)
        {
            if (ending.Equals(known, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }
}
