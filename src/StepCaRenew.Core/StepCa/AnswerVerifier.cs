using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates;

namespace StepCaRenew.StepCa;

/// <summary>Holds the CA's answer against what was asked for, before anything on disk is touched.</summary>
/// <param name="roots">What is trusted.</param>
/// <param name="clock">The present moment.</param>
internal sealed class AnswerVerifier(TrustedRoots roots, TimeProvider clock)
{
    /// <summary>How far in our future a certificate may begin: clocks of two machines are never the same, and a CA may set notBefore to its own present second.</summary>
    public static readonly TimeSpan Leeway = TimeSpan.FromMinutes(1);

    /// <summary>Our key, same identity, chain to our root, valid now, ending no earlier than before.</summary>
    /// <exception cref="RenewalException">It is anything else; each has its own id.</exception>
    /// <param name="old">The present certificate.</param>
    /// <param name="key">The key that the new certificate is to be for: the present one, or a new one.</param>
    /// <param name="answer">The answer.</param>
    public void Verify(X509Certificate2 old, PrivateKey key, CaAnswer answer)
    {
        var (leaf, now) = (answer.Leaf, clock.GetUtcNow());
        if (!PairMatch.Matches(leaf, key))
            throw Wrong(ErrorId.AnswerWrongKey, $"is for another key ({PublicKeyId.Of(leaf)} instead of {PublicKeyId.Of(key)})");
        if (!DistinguishedNames.Same(leaf.SubjectName, old.SubjectName))
            throw Wrong(ErrorId.AnswerWrongIdentity, $"has the subject '{leaf.Subject}' instead of '{old.Subject}'");
        if (!SubjectAlternativeNames.Of(leaf).SameAs(SubjectAlternativeNames.Of(old)))
            throw Wrong(ErrorId.AnswerWrongIdentity, $"has other alternative names ({Names(leaf)} instead of {Names(old)})");
        var (was, will) = (CertificatePair.ValidityOf(old), CertificatePair.ValidityOf(leaf));
        if (will.NotBefore > now + Leeway || will.NotAfter <= now)
            throw Wrong(ErrorId.AnswerNotValidNow, $"is valid from {will.NotBefore:u} to {will.NotAfter:u}, and this machine's clock shows {now:u}");
        // As moments: by local time, an hour comes twice in autumn.
        if (will.NotAfter < was.NotAfter)
            throw Wrong(ErrorId.AnswerEndsEarlier, $"ends on {will.NotAfter:u}, before the present one ({was.NotAfter:u})");
        DemandTrusted(answer, will.NotBefore, now);
    }

    private void DemandTrusted(CaAnswer answer, DateTimeOffset notBefore, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy = roots.CreatePolicy(now > notBefore ? now : notBefore);
        foreach (var issuer in answer.Chain)
            chain.ChainPolicy.ExtraStore.Add(issuer);
        var isTrusted = TrustedRoots.Accepts(chain, answer.Leaf);
        foreach (var element in chain.ChainElements)
            element.Certificate.Dispose();
        if (!isTrusted)
            throw Wrong(ErrorId.AnswerUntrusted, $"does not chain to the trusted root: {string.Join("; ", chain.ChainStatus.Select(status => status.Status))}");
    }

    private static string Names(X509Certificate2 certificate)
    {
        var names = SubjectAlternativeNames.Of(certificate);
        return string.Join(", ", names.DnsNames.Concat(names.IPAddresses).Concat(names.EmailAddresses).Concat(names.Uris));
    }

    private static RenewalException Wrong(string id, string what) => new(
        id, $"The certificate that the CA sent {what}. It was thrown away; nothing was changed on disk.",
        id == ErrorId.AnswerNotValidNow
            ? "Set the clocks of this machine and of the CA."
            : "Check that the address is that of your own CA, and see its log and the templates of the provisioner.");
}
