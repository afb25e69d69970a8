using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Tokens;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Pem;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Ca.Trust;

/// <summary>
/// Gets a root certificate from a CA that is not trusted yet, as <c>step ca bootstrap</c> does. The connection is not verified;
/// the answer is trusted only because it has the fingerprint that the user knows.
/// </summary>
internal sealed class RootDownload(TimeProvider clock, Func<string, string?> environment)
{
    private readonly CaHandlerFactory handlers = new(clock, environment);

    /// <summary>Asks a CA for the root with a fingerprint.</summary>
    /// <param name="address">The CA's address.</param>
    /// <param name="fingerprint">The fingerprint; see <see cref="RootFingerprint.Parse"/>.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The root, which is that of a certificate authority. That the server at the address uses it is not checked.</returns>
    /// <exception cref="RenewalException">The CA cannot be reached, has no such root, or sends something else.</exception>
    public async Task<TrustedRoots> FetchAsync(CaAddress address, string fingerprint, CancellationToken cancellationToken)
    {
        var settings = new CaSettings(address.Url, RootPath: address.Url.Authority, fingerprint) { Host = address.Host };
        var endpoint = settings.Endpoint($"/root/{fingerprint}");
        var response = await SendAsync(endpoint, settings, cancellationToken).ConfigureAwait(false);
        if (response.Status == HttpStatusCode.NotFound && response.IsJson)
            throw new RenewalException(
                ErrorId.RootUnknown, $"The CA at {address.Url.Authority} has no root certificate with the fingerprint {fingerprint}.",
                "Check the fingerprint and the address with the administrator of the CA; on the CA, 'step certificate fingerprint root_ca.crt' shows it.");
        if (!response.IsSuccess)
            throw Refusals.Map(response, endpoint, usedToken: false, new TokenFacts());
        return Verify(ReadCertificate(response, endpoint), settings);
    }

    private async Task<CaResponse> SendAsync(Uri endpoint, CaSettings settings, CancellationToken cancellationToken)
    {
        var proxy = handlers.ProxyTo(settings.Url)?.Authority;
        var attempts = new ConnectAttempts();
        using var request = new HttpRequestMessage(HttpMethod.Get, endpoint);
        using var handler = handlers.CreateUnverified(settings.Url, attempts);
        try
        {
            return await CaExchange.SendAsync(handler, request, clock, cancellationToken, attempts).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            throw ConnectionErrors.Map(e, new ServerTrust(), settings, proxy, attempts.Describe());
        }
    }

    private static byte[] ReadCertificate(CaResponse response, Uri endpoint)
    {
        try
        {
            var pem = JsonSerializer.Deserialize(response.Body, CaJson.Default.RootAnswer)?.Certificate ?? string.Empty;
            return PemReader.LooksLikePem(pem) && PemReader.ReadIntact(pem).FirstOrDefault(block => block.IsCertificate) is { } block
                ? block.Data.ToArray()
                : throw Refusals.Invalid(response, endpoint, "an answer without a certificate");
        }
        catch (JsonException e)
        {
            throw Refusals.Invalid(response, endpoint, "an answer that is not JSON", e);
        }
    }

    // The fingerprint first: before that, nothing decodes what an unknown server sent.
    private TrustedRoots Verify(byte[] der, CaSettings settings)
    {
        if (RootFingerprint.Compute(der) is var actual && actual != settings.Fingerprint)
            throw new RenewalException(
                ErrorId.RootFingerprintMismatch,
                $"The server at {settings.Url.Authority} sent a root certificate with the fingerprint {actual} instead of {settings.Fingerprint}. It was discarded.",
                "Do not trust this server: a step-ca sends only the certificate with the given fingerprint. Check the address, and find out which program answers there.");
        var roots = TrustedRoots.Parse(settings, new InputFile(settings.RootPath, Encoding.ASCII.GetBytes(PemEncoding.WriteString("CERTIFICATE", der)), clock.GetUtcNow()));
        var root = roots.All[0];
        if (DescribeOther(root) is not { } other)
            return roots;
        using (roots)
            throw new RenewalException(
                ErrorId.RootNotAuthority, $"The certificate with the fingerprint {settings.Fingerprint} ('{root.Subject}') is not a root certificate: {other}.",
                "Give the fingerprint of the CA's root certificate, not that of an intermediate or of a server.");
    }

    // Null for a root certificate.
    private static string? DescribeOther(X509Certificate2 certificate) =>
        !CertificateUsage.FromCertificate(certificate).IsAuthority ? "it is not that of a certificate authority"
        : !certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData) ? $"'{certificate.Issuer}' issued it"
        : null;
}
