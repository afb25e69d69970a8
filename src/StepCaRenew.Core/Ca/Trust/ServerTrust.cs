using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Text;

namespace StepCaRenew.Ca.Trust;

/// <summary>Verifies the CA's TLS certificate, and keeps the reason if it is refused: the platform's exception does not contain it.</summary>
internal sealed class ServerTrust
{
    private const X509ChainStatusFlags OtherRoot = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain;

    /// <summary>Why the server's certificate was refused; null if it was accepted or not seen yet.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Whether the server's certificate was accepted: a later failure may be about the client certificate.</summary>
    public bool IsAccepted { get; private set; }

    /// <summary>Whether the server's certificate was refused because it chains to another root, or to none.</summary>
    public bool HasUnknownRoot { get; private set; }

    /// <summary>The issuers of the server's certificate, DER: the CA's present intermediate and its root; empty before it was accepted.</summary>
    public IReadOnlyList<byte[]> Issuers { get; private set; } = [];

    /// <summary>The callback of the TLS handshake; the chain was built with the policy of <see cref="TrustedRoots"/>.</summary>
    public bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        // Wine reports no error for a chain that ends before a root; see TrustedRoots.Accepts.
        if (chain is not null && chain.ChainStatus.Any(one => (one.Status & OtherRoot) != 0))
            errors |= SslPolicyErrors.RemoteCertificateChainErrors;
        IsAccepted = errors == SslPolicyErrors.None;
        Refusal = IsAccepted ? null : string.Join("; ", Reasons(certificate, chain, errors));
        HasUnknownRoot = !IsAccepted && errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors)
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
            yield return $"its certificate is for another name ({PlainText.Excerpt(certificate?.Subject ?? string.Empty)})";
        if (!errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) || chain is null)
            yield break;
        var status = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        if (status.HasFlag(X509ChainStatusFlags.NotTimeValid))
            yield return $"by this machine's clock its certificate is not valid now, but from {certificate?.GetEffectiveDateString()} to {certificate?.GetExpirationDateString()}";
        if ((status & OtherRoot) != 0)
            yield return "its certificate does not chain to the trusted root";
        var others = status & ~(X509ChainStatusFlags.NotTimeValid | OtherRoot);
        if (others != X509ChainStatusFlags.NoError)
            yield return $"its chain is not valid ({others})";
    }
}
