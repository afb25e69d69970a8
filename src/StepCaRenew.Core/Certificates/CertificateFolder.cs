namespace StepCaRenew.Certificates;

/// <summary>Finds the certificates in a folder that also holds keys, roots and other things.</summary>
public static class CertificateFolder
{
    private static readonly string[] Endings = [".crt", ".cer", ".cert", ".pem", ".der"];

    /// <summary>The files of a folder whose names may be those of certificates, in the order of their names.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="recurse">Whether to look into its folders as well; those that may not be read are passed over.</param>
    public static IEnumerable<string> Files(string folder, bool recurse) =>
        Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = recurse, IgnoreInaccessible = recurse, AttributesToSkip = 0 })
            .Where(IsCandidate)
            .Order(StringComparer.Ordinal);

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

    // Our own staged files begin with a dot, as do those of editors.
    private static bool IsCandidate(string path) =>
        !Path.GetFileName(path).StartsWith('.') && Endings.Contains(Path.GetExtension(path).ToLowerInvariant());
}
