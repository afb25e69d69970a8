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
    /// Reads a file that was found and not named; null where it is no leaf certificate after all: a key, a root, a chain.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="RenewalException">It can't be read, or is a damaged certificate.</exception>
    public static CertificateFile? TryLoad(string path)
    {
        CertificateFile certificate;
        try
        {
            certificate = CertificateFile.Load(path);
        }
        catch (RenewalException e) when (e.ErrorId == ErrorId.CertificateInvalid && HoldsOnlyOtherBlocks(path))
        {
            return null;
        }

        if (!ChainOrder.IsAuthority(certificate.Leaf))
            return certificate;
        certificate.Dispose();
        return null;
    }

    // Our own staged files begin with a dot, as do those of editors.
    private static bool IsCandidate(string path) =>
        !Path.GetFileName(path).StartsWith('.') && Endings.Contains(Path.GetExtension(path).ToLowerInvariant());

    private static bool HoldsOnlyOtherBlocks(string path)
    {
        try
        {
            var document = PemDocument.Parse(InputFile.Read(path, "file"), "file", ErrorId.CertificateInvalid);
            return document.IsPem && document.Blocks.Count > 0 && !document.Blocks.Any(block => block.IsCertificate);
        }
        catch (RenewalException)
        {
            return false;
        }
    }
}
