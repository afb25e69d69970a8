using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.StepCa;

/// <summary>Judges the CA's own TLS certificate, and remembers why it was refused: the platform's exception does not say.</summary>
internal sealed class ServerTrust
{
    /// <summary>Why the server's certificate was refused; null where it was accepted or none was seen.</summary>
    public string? Refusal { get; private set; }

    /// <summary>True once a server's certificate was accepted: what fails later is about ours.</summary>
    public bool IsAccepted { get; private set; }

    /// <summary>The callback of the TLS handshake; the chain was built by the policy of <see cref="TrustedRoots"/>.</summary>
    public bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        IsAccepted = errors == SslPolicyErrors.None;
        Refusal = IsAccepted ? null : string.Join("; ", Reasons(certificate, chain, errors));
        return IsAccepted;
    }

    private static IEnumerable<string> Reasons(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
            yield return "it showed no certificate";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            yield return $"its certificate is for another name ({ForeignText.Clean(certificate?.Subject ?? string.Empty)})";
        if (!errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) || chain is null)
            yield break;
        var status = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        if (status.HasFlag(X509ChainStatusFlags.NotTimeValid))
            yield return $"its certificate is valid from {certificate?.GetEffectiveDateString()} to {certificate?.GetExpirationDateString()} by this machine's clock, not now";
        if ((status & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0)
            yield return "its certificate does not chain to the trusted root";
        var others = status & ~(X509ChainStatusFlags.NotTimeValid | X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain);
        if (others != X509ChainStatusFlags.NoError)
            yield return $"its chain is not valid ({others})";
    }
}
