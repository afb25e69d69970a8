namespace StepCaRenew.Certificates;

/// <summary>Recognises the certificates in a folder that also holds keys, roots and other things.</summary>
public static class CertificateFolder
{
    private static readonly string[] Endings = [".crt", ".cer", ".cert", ".pem", ".der"];

    /// <summary>
    /// Whether a file that was found and not named is a leaf certificate: not a key, a root or a chain.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="RenewalException">It can't be read, or is a damaged certificate.</exception>
    public static bool IsLeaf(string path)
    {
        var document = CertificateFile.Read(path);
        var outlines = document.Certificates.Select(CertificateOutline.TryRead).ToList();
        if (outlines.Exists(outline => outline is null))
        {
            // Not to the letter, or damaged: then this says so.
            using var certificate = CertificateFile.Parse(document);
            return !ChainOrder.IsAuthority(certificate.Leaf);
        }

        return outlines.Exists(outline => !outline!.IsAuthority);
    }

    /// <summary>Whether a file's name may be that of a certificate. Our own staged files begin with a dot, as do those of editors.</summary>
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
