using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Integration.Cas;

/// <summary>A plain HTTP client that trusts only a CA's root, and shows a client certificate if it has one.</summary>
public static class CaClient
{
    public static HttpClient Create(
        ITestCa ca, X509Certificate2? certificate = null, SslProtocols protocols = SslProtocols.None,
        IEnumerable<X509Certificate2>? intermediates = null)
    {
        var tls = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = Trust(ca),
            EnabledSslProtocols = protocols,
            // A resumed session would show the certificate of an earlier one.
            AllowTlsResume = false,
        };
        if (certificate is not null)
            tls.ClientCertificateContext = Context(certificate, intermediates);
        return new HttpClient(new SocketsHttpHandler { SslOptions = tls, UseProxy = false })
        {
            BaseAddress = ca.Url,
            Timeout = TimeSpan.FromSeconds(30),
        };
    }

    /// <summary>Trusts only a CA's roots.</summary>
    public static X509ChainPolicy Trust(ITestCa ca)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(ca.RootPath);
        return policy;
    }

    /// <summary>A client certificate that is sent with exactly these intermediates.</summary>
    public static SslStreamCertificateContext Context(X509Certificate2 certificate, IEnumerable<X509Certificate2>? intermediates) =>
        SslStreamCertificateContext.Create(certificate, [.. intermediates ?? []], offline: true);
}
