using StepCaRenew.Certificates;

namespace StepCaRenew.Pairs;

/// <summary>
/// One quick look at a pair: where its files lie and, where all is as it should be, what decides about it. Whatever is
/// out of order is left to <see cref="MatchingPairLoader"/>, which has patience, and knows what to say.
/// </summary>
/// <param name="Paths">The files, links resolved.</param>
/// <param name="Facts">The facts; null where the look showed no certificate with its key.</param>
internal sealed record PairGlance(PairPaths Paths, PairFacts? Facts)
{
    /// <summary>Looks.</summary>
    /// <exception cref="RenewalException">The certificate can't be read, or there is no key beside it.</exception>
    public static PairGlance Take(RenewalRequest request)
    {
        var (certificate, keyPath) = PairLocator.Locate(request);
        var paths = PairPaths.Resolve(request.CertificatePath, keyPath);
        return new PairGlance(paths, certificate is null ? null : FactsOf(certificate, keyPath, request.KeyPassword));
    }

    private static PairFacts? FactsOf(PemDocument certificate, string keyPath, KeyPassword? password)
    {
        if (LeafOf(certificate) is not { } leaf)
            return null;
        try
        {
            using var key = KeyFile.Load(keyPath, password);
            return PairMatch.Matches(leaf.PublicKey.Span, key.Key) ? PairFacts.Of(certificate.File.Path, leaf, key) : null;
        }
        catch (RenewalException)
        {
            return null;
        }
    }

    // One leaf, or a leaf among authorities; all else is looked at more closely.
    private static CertificateOutline? LeafOf(PemDocument certificate)
    {
        CertificateOutline? leaf = null;
        foreach (var der in certificate.Certificates)
        {
            if (CertificateOutline.TryRead(der) is not { } outline || (leaf is not null && !outline.IsAuthority))
                return null;
            if (!outline.IsAuthority)
                leaf = outline;
        }

        return leaf;
    }
}
