using StepCaRenew.Certificates;

namespace StepCaRenew.Pairs;

/// <summary>Finds the files of a pair.</summary>
internal static class PairLocator
{
    /// <summary>The files that a request leads to, all links followed.</summary>
    /// <exception cref="RenewalException">The certificate can't be read, or there is no key next to it.</exception>
    public static PairPaths Find(RenewalRequest request) => PairPaths.Resolve(request.CertificatePath, request.KeyPath ?? Locate(request).KeyPath);

    /// <summary>Whether the request still leads to these files; an error is for whoever reads them next to report.</summary>
    public static bool IsAt(RenewalRequest request, PairPaths paths) => Holds(() => Find(request) == paths);

    /// <summary>The same if the certificate file was read before, and is not to be read again.</summary>
    public static bool IsAt(RenewalRequest request, PairPaths paths, CertificateFile certificate) =>
        Holds(() => PairPaths.Resolve(request.CertificatePath, request.KeyPath ?? KeyPathConvention.Demand(certificate)) == paths);

    /// <summary>Whether the request still leads to these files, and they hold what was read.</summary>
    public static bool IsUnchanged(RenewalRequest request, PairPaths paths, CertificatePair pair) =>
        IsAt(request, paths, pair.Certificate) && Holds(pair.IsStillOnDisk);

    /// <summary>The certificate file and where its key lies, links not followed.</summary>
    /// <returns>
    /// No document where the file can't be read at this moment, but its key lies there: somebody may be writing it.
    /// </returns>
    /// <exception cref="RenewalException">The certificate can't be read, or there is no key beside it.</exception>
    public static (PemDocument? Certificate, string KeyPath) Locate(RenewalRequest request)
    {
        var path = request.CertificatePath;
        try
        {
            var document = CertificateFile.Read(path);
            return (document, request.KeyPath ?? KeyOf(document));
        }
        catch (RenewalException e) when (e.ErrorId != ErrorId.KeyNotFound && (request.KeyPath ?? KeyPathConvention.FindBeside(path)) is not null)
        {
            return (null, request.KeyPath ?? KeyPathConvention.FindBeside(path)!);
        }
    }

    private static string KeyOf(PemDocument certificate)
    {
        if (KeyPathConvention.Find(certificate) is { } found)
            return found;
        // What is no certificate has no key either, and is the first thing to say.
        CertificateFile.Load(certificate.File.Path).Dispose();
        throw KeyPathConvention.NotFound(certificate.File.Path);
    }

    private static bool Holds(Func<bool> check)
    {
        try
        {
            return check();
        }
        catch (RenewalException)
        {
            return false;
        }
    }
}
