using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Ca.Signing;
using StepCaRenew.Ca.Trust;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Policy;

namespace StepCaRenew.Ca;

/// <summary>Verifies the CA's answer before any file is changed.</summary>
internal sealed class AnswerVerifier(TrustedRoots roots, TimeProvider clock)
{
    /// <summary>How far in the future a certificate may begin: clocks differ, and a CA may set notBefore to its current second.</summary>
    public static readonly TimeSpan Leeway = TimeSpan.FromMinutes(1);

    /// <summary>Checks that the answer is what was expected, is valid now, and has a strong chain to a trusted root.</summary>
    /// <exception cref="RenewalException">It is not; each deviation has its own id.</exception>
    /// <returns>The verified issuers, the leaf's issuer first. Only these are used; other certificates in the answer are not.</returns>
    public IReadOnlyList<X509Certificate2> Verify(CaAnswer answer, Expectation expected)
    {
        var (leaf, now) = (answer.Leaf, clock.GetUtcNow());
        if (!PairMatch.Matches(leaf, expected.Key))
            throw Wrong(ErrorId.AnswerWrongKey, $"is for another key ({PublicKeyId.Compute(leaf)} instead of {PublicKeyId.Compute(expected.Key)})");
        if (expected.Subject is { } subject && !DistinguishedNames.AreEqual(leaf.SubjectName, subject))
            throw Wrong(ErrorId.AnswerWrongIdentity, $"has the subject '{leaf.Subject}' instead of '{subject.Name}'");
        if (expected.CommonName is { } name && CommonName.FromCertificate(leaf) is var found && found != name)
            throw Wrong(ErrorId.AnswerWrongIdentity, $"has the common name '{found}' instead of '{name}'");
        if (expected.Names is not null && SubjectAlternativeNames.FromCertificate(leaf) is var names && !names.SameAs(expected.Names))
            throw Wrong(ErrorId.AnswerWrongIdentity, $"has other alternative names ({names} instead of {expected.Names})");
        if (DescribeUsage(CertificateUsage.FromCertificate(leaf), expected.Usage) is { } usage)
            throw Wrong(ErrorId.AnswerWrongUsage, usage);
        RequireTime(leaf, expected, now);
        if (leaf.SerialNumber == expected.ReplacedSerialNumber)
            throw Wrong(ErrorId.AnswerNotNew, "has the serial number of the present one");
        var begin = CertificateValidity.FromCertificate(leaf).NotBefore;
        return RequireTrusted(answer, begin > now ? begin : now);
    }

    private static string? DescribeUsage(CertificateUsage usage, CertificateUsage? expected) =>
        (expected ?? usage with { IsAuthority = false }).DescribeDifference(usage);

    private static void RequireTime(X509Certificate2 leaf, Expectation expected, DateTimeOffset now)
    {
        var validity = CertificateValidity.FromCertificate(leaf);
        var begin = expected.Begin?.From(now) is { } wanted && wanted > now ? wanted : now;
        if (validity.NotBefore > begin + Leeway || validity.NotAfter <= now)
            throw Wrong(ErrorId.AnswerNotValidNow, $"is valid from {validity.NotBefore:u} to {validity.NotAfter:u}, and this machine's clock shows {now:u}");
        // Compared in UTC: in local time, an hour comes twice in autumn.
        if (validity.NotAfter < expected.EndsNoEarlierThan)
            throw Wrong(ErrorId.AnswerEndsEarlier, $"ends on {validity.NotAfter:u}, and must not end before {expected.EndsNoEarlierThan:u}");
        // It would be due again at once, and its actions would run in every run.
        if (validity.NotAfter == expected.EndsNoEarlierThan && !expected.MayEndThen)
            throw Wrong(ErrorId.AnswerNotNew, $"does not end later than the present one ({validity.NotAfter:u})");
    }

    private IReadOnlyList<X509Certificate2> RequireTrusted(CaAnswer answer, DateTimeOffset moment)
    {
        if (roots.Chains.FindIssuers(answer.Leaf, answer.Chain, moment) is { } known)
            return known;
        using var chain = new X509Chain();
        chain.ChainPolicy = roots.CreatePolicy(moment);
        foreach (var issuer in answer.Chain)
            chain.ChainPolicy.ExtraStore.Add(issuer);
        var isTrusted = TrustedRoots.Accepts(chain, answer.Leaf);
        var elements = chain.ChainElements.Select(element => element.Certificate).ToList();
        try
        {
            if (!isTrusted)
                throw Wrong(ErrorId.AnswerUntrusted, $"does not chain to the trusted root: {string.Join("; ", chain.ChainStatus.Select(status => status.Status))}");
            RequireStrong(elements);
            List<X509Certificate2> issuers = [.. elements.Skip(1).Select(element => FindSent(element, answer) ?? (IsRoot(element) ? null : new X509Certificate2(element))).OfType<X509Certificate2>()];
            roots.Chains.Add(elements, answer.Chain, issuers);
            return issuers;
        }
        finally
        {
            foreach (var element in elements)
                element.Dispose();
        }
    }

    private static X509Certificate2? FindSent(X509Certificate2 element, CaAnswer answer) =>
        answer.Chain.FirstOrDefault(issuer => issuer.RawDataMemory.Span.SequenceEqual(element.RawDataMemory.Span));

    // An intermediate that the CA did not send may come from the root file; without it the chain would have a gap.
    private static bool IsRoot(X509Certificate2 element) => element.SubjectName.RawData.AsSpan().SequenceEqual(element.IssuerName.RawData);

    // The root's own signature is not checked: the root is trusted because it is in the root file.
    private static void RequireStrong(List<X509Certificate2> chain)
    {
        foreach (var certificate in chain.Take(chain.Count - 1))
        {
            if (WeakCryptography.FindWeakHash(certificate) is { } hash)
                throw Wrong(ErrorId.AnswerWeak, certificate == chain[0] ? $"was signed with {hash}" : $"has the issuer '{certificate.Subject}', which was signed with {hash}");
        }

        foreach (var issuer in chain.Skip(1))
        {
            if (WeakCryptography.FindWeakKey(issuer) is { } key)
                throw Wrong(ErrorId.AnswerWeak, $"has the issuer '{issuer.Subject}', whose key is too short ({key})");
        }
    }

    private static RenewalException Wrong(string id, string what) => new(
        id, $"The certificate that the CA sent {what}. It was discarded; nothing was changed on disk.",
        id == ErrorId.AnswerNotValidNow
            ? "Set the clocks of this machine and of the CA."
            : "Check that the address is that of your own CA, and see its log and the templates of the provisioner.");
}

/// <summary>The requirements for a certificate from the CA: made from the certificate that it replaces, or from a request.</summary>
internal sealed record Expectation
{
    /// <summary>The private key that it must match.</summary>
    public required PrivateKey Key { get; init; }

    /// <summary>The whole subject; null if only <see cref="CommonName"/> counts: a CA may add its organization to a first certificate.</summary>
    public X500DistinguishedName? Subject { get; init; }

    /// <summary>The common name of the subject; null for any.</summary>
    public string? CommonName { get; init; }

    /// <summary>The subject alternative names, in any order; null for any.</summary>
    public SubjectAlternativeNames? Names { get; init; }

    /// <summary>The permitted usage; null for any, except that of a CA certificate.</summary>
    public CertificateUsage? Usage { get; init; }

    /// <summary>The beginning of its validity that was requested, which can be in the future; null for now.</summary>
    public RequestedTime? Begin { get; init; }

    /// <summary>The earliest end of its validity; null for any.</summary>
    public DateTimeOffset? EndsNoEarlierThan { get; init; }

    /// <summary>Whether it may also end exactly then. A renewed certificate that does would be due again at once.</summary>
    public bool MayEndThen { get; init; } = true;

    /// <summary>The serial number of the certificate that it replaces, which it must not have; null if it replaces none.</summary>
    public string? ReplacedSerialNumber { get; init; }

    /// <summary>The same names and usage as the certificate that it replaces, and a later end.</summary>
    /// <param name="present">The certificate that it replaces.</param>
    /// <param name="key">The present key, or a new one.</param>
    /// <param name="mayEndThen">
    /// Whether it may end when the present one does. A renewal that is not due, at the user's request, gets the same end if it
    /// is within a second of the last one.
    /// </param>
    public static Expectation FromCertificate(X509Certificate2 present, PrivateKey key, bool mayEndThen) => new()
    {
        Key = key,
        Subject = present.SubjectName,
        Names = SubjectAlternativeNames.FromCertificate(present),
        Usage = CertificateUsage.FromCertificate(present),
        EndsNoEarlierThan = CertificateValidity.FromCertificate(present).NotAfter,
        MayEndThen = mayEndThen,
        ReplacedSerialNumber = present.SerialNumber,
    };
}
