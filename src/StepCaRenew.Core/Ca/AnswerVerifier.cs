using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Ca.Trust;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;

namespace StepCaRenew.Ca;

/// <summary>Holds the CA's answer against what was asked for, before anything on disk is touched.</summary>
/// <param name="roots">What is trusted.</param>
/// <param name="clock">The present moment.</param>
internal sealed class AnswerVerifier(TrustedRoots roots, TimeProvider clock)
{
    /// <summary>How far in our future a certificate may begin: clocks of two machines are never the same, and a CA may set notBefore to its own present second.</summary>
    public static readonly TimeSpan Leeway = TimeSpan.FromMinutes(1);

    /// <summary>Our key, same identity and usage, another certificate, valid now, ending later, and a strong chain to our root.</summary>
    /// <exception cref="RenewalException">It is anything else; each has its own id.</exception>
    /// <param name="old">The present certificate.</param>
    /// <param name="key">The key that the new certificate is to be for: the present one, or a new one.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="isForced">Whether a certificate that was not due was renewed: within one second the end is the same.</param>
    /// <returns>The issuers that were verified, the nearest first: of the answer, only these are to be written.</returns>
    public IReadOnlyList<X509Certificate2> Verify(X509Certificate2 old, PrivateKey key, CaAnswer answer, bool isForced)
    {
        var (leaf, now) = (answer.Leaf, clock.GetUtcNow());
        if (!PairMatch.Matches(leaf, key))
            throw Wrong(ErrorId.AnswerWrongKey, $"is for another key ({PublicKeyId.Compute(leaf)} instead of {PublicKeyId.Compute(key)})");
        if (!DistinguishedNames.AreEqual(leaf.SubjectName, old.SubjectName))
            throw Wrong(ErrorId.AnswerWrongIdentity, $"has the subject '{leaf.Subject}' instead of '{old.Subject}'");
        if (!SubjectAlternativeNames.FromCertificate(leaf).SameAs(SubjectAlternativeNames.FromCertificate(old)))
            throw Wrong(ErrorId.AnswerWrongIdentity, $"has other alternative names ({Names(leaf)} instead of {Names(old)})");
        if (CertificateUsage.DescribeDifference(old, leaf) is { } usage)
            throw Wrong(ErrorId.AnswerWrongUsage, usage);
        DemandTime(old, leaf, now, isForced);
        if (leaf.SerialNumber == old.SerialNumber)
            throw Wrong(ErrorId.AnswerNotNew, "has the serial number of the present one");
        return DemandTrusted(answer, CertificatePair.ValidityOf(leaf).NotBefore, now);
    }

    private static void DemandTime(X509Certificate2 old, X509Certificate2 leaf, DateTimeOffset now, bool isForced)
    {
        var (was, will) = (CertificatePair.ValidityOf(old), CertificatePair.ValidityOf(leaf));
        if (will.NotBefore > now + Leeway || will.NotAfter <= now)
            throw Wrong(ErrorId.AnswerNotValidNow, $"is valid from {will.NotBefore:u} to {will.NotAfter:u}, and this machine's clock shows {now:u}");
        // As moments: by local time, an hour comes twice in autumn.
        if (will.NotAfter < was.NotAfter)
            throw Wrong(ErrorId.AnswerEndsEarlier, $"ends on {will.NotAfter:u}, before the present one ({was.NotAfter:u})");
        // It would be due again at once, and the actions would run with every run.
        if (will.NotAfter == was.NotAfter && !isForced)
            throw Wrong(ErrorId.AnswerNotNew, $"does not end later than the present one ({was.NotAfter:u})");
    }

    private List<X509Certificate2> DemandTrusted(CaAnswer answer, DateTimeOffset notBefore, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy = roots.CreatePolicy(now > notBefore ? now : notBefore);
        foreach (var issuer in answer.Chain)
            chain.ChainPolicy.ExtraStore.Add(issuer);
        var isTrusted = TrustedRoots.Accepts(chain, answer.Leaf);
        var elements = chain.ChainElements.Select(element => element.Certificate).ToList();
        try
        {
            if (!isTrusted)
                throw Wrong(ErrorId.AnswerUntrusted, $"does not chain to the trusted root: {string.Join("; ", chain.ChainStatus.Select(status => status.Status))}");
            DemandStrong(elements);
            return [.. elements.Skip(1).Select(element => Sent(element, answer) ?? (IsRoot(element) ? null : new X509Certificate2(element))).OfType<X509Certificate2>()];
        }
        finally
        {
            foreach (var element in elements)
                element.Dispose();
        }
    }

    private static X509Certificate2? Sent(X509Certificate2 element, CaAnswer answer) =>
        answer.Chain.FirstOrDefault(issuer => issuer.RawDataMemory.Span.SequenceEqual(element.RawDataMemory.Span));

    // An intermediate may come from the root file: another edition of the one that the CA sent. Without it the chain would have a gap.
    private static bool IsRoot(X509Certificate2 element) => element.SubjectName.RawData.AsSpan().SequenceEqual(element.IssuerName.RawData);

    // The signature of the root says nothing: it is trusted because it is in the root file.
    private static void DemandStrong(List<X509Certificate2> chain)
    {
        foreach (var certificate in chain.Take(chain.Count - 1))
        {
            if (WeakCryptography.FindWeakHash(certificate) is { } hash)
                throw Wrong(ErrorId.AnswerWeak, certificate == chain[0] ? $"was signed with {hash}" : $"has the issuer '{certificate.Subject}', which was signed with {hash}");
        }

        foreach (var issuer in chain.Skip(1))
        {
            if (WeakCryptography.FindWeakKey(issuer) is { } key)
                throw Wrong(ErrorId.AnswerWeak, $"has the issuer '{issuer.Subject}' with a key that is too short ({key})");
        }
    }

    private static string Names(X509Certificate2 certificate)
    {
        var names = SubjectAlternativeNames.FromCertificate(certificate);
        return string.Join(", ", names.DnsNames.Concat(names.IPAddresses).Concat(names.EmailAddresses).Concat(names.Uris));
    }

    private static RenewalException Wrong(string id, string what) => new(
        id, $"The certificate that the CA sent {what}. It was thrown away; nothing was changed on disk.",
        id == ErrorId.AnswerNotValidNow
            ? "Set the clocks of this machine and of the CA."
            : "Check that the address is that of your own CA, and see its log and the templates of the provisioner.");
}
