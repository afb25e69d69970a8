using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Pem;
using StepCaRenew.FileSystem;
using StepCaRenew.Renewal;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>Finds the files of a pair.</summary>
internal static class PairLocator
{
    /// <summary>The files that a request leads to, all links followed.</summary>
    /// <exception cref="RenewalException">The certificate can't be read, or there is no key next to it.</exception>
    public static PairPaths Find(RenewalRequest request) =>
        PairPaths.Resolve(request, TargetPath.Follow(request.CertificatePath), TargetPath.Follow(request.KeyPath ?? Locate(request, SmallFile.Open, KeyPathConvention.Exists).KeyPath));

    /// <summary>The certificate file and where its key lies, links not followed.</summary>
    /// <param name="request">The request.</param>
    /// <param name="open">Opens the certificate file.</param>
    /// <param name="exists">Says whether something has a name next to it.</param>
    /// <returns>
    /// No document where the file can't be read at this moment, but its key lies there: somebody may be writing it.
    /// </returns>
    /// <exception cref="RenewalException">The certificate can't be read, or there is no key beside it.</exception>
    public static (PemDocument? Certificate, string KeyPath) Locate(RenewalRequest request, Func<string, SmallFile> open, Func<string, bool> exists)
    {
        var path = request.CertificatePath;
        try
        {
            var document = CertificateFile.Read(path, open);
            return (document, request.KeyPath ?? KeyOf(document, open, exists));
        }
        catch (RenewalException e) when (e.ErrorId != ErrorId.KeyNotFound && (request.KeyPath ?? KeyPathConvention.FindNextTo(path, exists)) is not null)
        {
            return (null, request.KeyPath ?? KeyPathConvention.FindNextTo(path, exists)!);
        }
    }

    private static string KeyOf(PemDocument certificate, Func<string, SmallFile> open, Func<string, bool> exists)
    {
        if (certificate.HoldsKey)
            return certificate.File.Path;
        if (KeyPathConvention.FindNextTo(certificate.File.Path, exists) is { } found)
            return found;
        // What is no certificate has no key either, and is the first thing to say.
        CertificateFile.Load(certificate.File.Path, open).Dispose();
        throw KeyPathConvention.NotFound(certificate.File.Path);
    }
}
