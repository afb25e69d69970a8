using StepCaRenew.Certificates;

namespace StepCaRenew.Pairs;

/// <summary>Finds the files of a pair.</summary>
internal static class PairLocator
{
    /// <summary>The paths of a request's pair, links resolved.</summary>
    /// <exception cref="RenewalException">The certificate can't be read, or there is no key beside it.</exception>
    public static PairPaths Find(RenewalRequest request)
    {
        if (request.KeyPath is not null)
            return PairPaths.Resolve(request.CertificatePath, request.KeyPath);
        using var certificate = CertificateFile.Load(request.CertificatePath);
        return PairPaths.Resolve(request.CertificatePath, KeyPathConvention.Demand(certificate));
    }
}
