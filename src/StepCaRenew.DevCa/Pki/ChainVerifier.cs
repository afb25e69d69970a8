using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.Security.Certificates;
using Org.BouncyCastle.X509;

namespace StepCaRenew.DevCa.Pki;

/// <summary>
/// Verifies a certificate as Go's x509.Verify does, which step-ca uses. X509Chain cannot be used: it also searches
/// the machine's stores, and its reasons for a failure are not Go's.
/// </summary>
internal static class ChainVerifier
{
    private const string AnyUsage = "2.5.29.37.0";

    /// <summary>
    /// The problem of a leaf; null if there is none. "sent" are the certificates that came with it, "trusted" are roots,
    /// and intermediates that count as roots; "usage" is the extended key usage that the leaf must permit.
    /// </summary>
    public static ChainProblem? Check(
        X509Certificate2 leaf, IReadOnlyList<X509Certificate2> sent, IReadOnlyList<X509Certificate2> trusted, DateTimeOffset at, string usage)
    {
        if (!IsValidAt(leaf, at))
            return ChainProblem.Expired;
        var problem = FindChain([leaf], sent, trusted, at);
        return problem ?? (Allows(leaf, usage) ? null : ChainProblem.WrongUsage);
    }

    private static ChainProblem? FindChain(
        IReadOnlyList<X509Certificate2> chain, IReadOnlyList<X509Certificate2> sent, IReadOnlyList<X509Certificate2> trusted, DateTimeOffset at)
    {
        ChainProblem? last = null;
        foreach (var issuer in trusted.Concat(sent).Where(one => !chain.Contains(one) && IsIssuer(one, chain)))
        {
            var isTrusted = trusted.Contains(issuer);
            last = IsValidAt(issuer, at) ? isTrusted ? null : FindChain([.. chain, issuer], sent, trusted, at) : ChainProblem.Expired;
            if (last is null)
                return null;
        }
        return last ?? ChainProblem.UnknownAuthority;
    }

    private static bool IsIssuer(X509Certificate2 issuer, IReadOnlyList<X509Certificate2> chain)
    {
        var child = chain[^1];
        return issuer.SubjectName.RawData.AsSpan().SequenceEqual(child.IssuerName.RawData)
            && issuer.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault() is { CertificateAuthority: true } limits
            && (!limits.HasPathLengthConstraint || limits.PathLengthConstraint >= chain.Count - 1)
            && IsSignedBy(child, issuer);
    }

    private static bool IsSignedBy(X509Certificate2 certificate, X509Certificate2 issuer)
    {
        try
        {
            var parser = new X509CertificateParser();
            return parser.ReadCertificate(certificate.RawData).IsSignatureValid(parser.ReadCertificate(issuer.RawData).GetPublicKey());
        }
        catch (Exception e) when (e is GeneralSecurityException or CertificateException)
        {
            return false;
        }
    }

    private static bool IsValidAt(X509Certificate2 certificate, DateTimeOffset at) =>
        at >= certificate.NotBefore.ToUniversalTime() && at <= certificate.NotAfter.ToUniversalTime();

    private static bool Allows(X509Certificate2 leaf, string usage) =>
        leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault() is not { } usages
        || usages.EnhancedKeyUsages.Cast<Oid>().Any(oid => oid.Value == usage || oid.Value == AnyUsage);
}
