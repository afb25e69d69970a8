using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.DevCa.Pki;

namespace StepCaRenew.DevCa.Tls;

/// <summary>Whether a client certificate may come in, as Go's TLS server decides it: our CA's, in its time, for clients.</summary>
internal sealed class ClientCertificateCheck(CaIdentity ca, TimeProvider time)
{
    public bool Accepts(X509Certificate2 leaf)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(ca.Root);
        // The CA knows its own intermediate: a client that sends its leaf alone is welcome.
        chain.ChainPolicy.ExtraStore.Add(ca.Intermediate);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = time.GetUtcNow().UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(LeafExtensions.ClientAuth));
        return chain.Build(leaf);
    }
}
