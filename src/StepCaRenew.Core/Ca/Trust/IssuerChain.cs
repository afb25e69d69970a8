using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates;

namespace StepCaRenew.Ca.Trust;

/// <summary>The certificates between a leaf and its root.</summary>
internal static class IssuerChain
{
    /// <summary>The issuers that chain to a trusted root; empty if none do.</summary>
    public static IReadOnlyList<X509Certificate2> FindVerified(X509Certificate2 leaf, IReadOnlyList<X509Certificate2> issuers, TrustedRoots roots, DateTimeOffset now)
    {
        using var chain = new X509Chain { ChainPolicy = roots.CreatePolicy(now) };
        chain.ChainPolicy.ExtraStore.AddRange(issuers.ToArray());
        var isTrusted = TrustedRoots.Accepts(chain, leaf);
        var used = chain.ChainElements.Select(element => element.Certificate).ToList();
        var verified = isTrusted ? issuers.Where(issuer => used.Contains(issuer) && !roots.All.Contains(issuer)).ToList() : [];
        used.ForEach(certificate => certificate.Dispose());
        return verified;
    }

    /// <summary>Whether a certificate names another one as its issuer: by name and, if both have one, by key identifier (RFC 5280 section 4.2.1.1).</summary>
    public static bool IsIssuedBy(X509Certificate2 certificate, X509Certificate2 issuer)
    {
        if (!DistinguishedNames.AreEqual(certificate.IssuerName, issuer.SubjectName))
            return false;
        var wanted = certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault()?.KeyIdentifier;
        var found = issuer.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault()?.SubjectKeyIdentifierBytes;
        return wanted is null || found is null || wanted.Value.Span.SequenceEqual(found.Value.Span);
    }
}
