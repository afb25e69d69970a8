using StepCaRenew.Certificates;
using StepCaRenew.Files;

namespace StepCaRenew.Pairs;

/// <summary>Finds the files of a pair.</summary>
internal static class PairLocator
{
    /// <summary>The files that a request leads to, all links followed.</summary>
    /// <exception cref="RenewalException">The certificate can't be read, or there is no key next to it.</exception>
    public static PairPaths Find(RenewalRequest request) =>
        PairPaths.Resolve(request, TargetPath.Follow(request.CertificatePath), request.KeyPath ?? Locate(request).KeyPath);

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
}
