using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.StepCa;

/// <summary>Judges the CA's own TLS certificate, and remembers why it was refused: the platform's exception does not say.</summary>
internal sealed class ServerTrust
{
    private const X509ChainStatusFlags OtherRoot = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain;

    /// <summary>Why the server's certificate was refused; null where it was accepted or none was seen.</summary>
    public string? Refusal { get; private set; }

    /// <summary>True once a server's certificate was accepted: what fails later is about ours.</summary>
    public bool IsAccepted { get; private set; }

    /// <summary>True if the server's certificate was refused because it chains to another root, or to none.</summary>
    public bool IsRootOther { get; private set; }

    /// <summary>The certificates above the server's own, as DER: the CA's present intermediate and its root; empty before one was accepted.</summary>
    public IReadOnlyList<byte[]> Issuers { get; private set; } = [];

    /// <summary>The callback of the TLS handshake; the chain was built by the policy of <see cref="TrustedRoots"/>.</summary>
    public bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        // See TrustedRoots.Accepts: Wine's verdict has no error for a chain that ends before a root.
        if (chain is not null && chain.ChainStatus.Any(one => (one.Status & OtherRoot) != 0))
            errors |= SslPolicyErrors.RemoteCertificateChainErrors;
        IsAccepted = errors == SslPolicyErrors.None;
        Refusal = IsAccepted ? null : string.Join("; ", Reasons(certificate, chain, errors));
        IsRootOther = !IsAccepted && errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors)
            && (chain?.ChainStatus.Any(one => (one.Status & OtherRoot) != 0) ?? false);
        if (IsAccepted && chain is not null)
            Issuers = [.. chain.ChainElements.Skip(1).Select(element => element.Certificate.RawData)];
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
        if ((status & OtherRoot) != 0)
            yield return "its certificate does not chain to the trusted root";
        var others = status & ~(X509ChainStatusFlags.NotTimeValid | OtherRoot);
        if (others != X509ChainStatusFlags.NoError)
            yield return $"its chain is not valid ({others})";
    }
}
