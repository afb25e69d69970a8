using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Signing;
using StepCaRenew.Ca.Tokens;
using StepCaRenew.Ca.Trust;

namespace StepCaRenew.Ca;

/// <summary>
/// The HTTP API of a step-ca. Each request uses a connection of its own, except that renewals by token use shared ones, if there are
/// any. No request is retried.
/// </summary>
/// <param name="settings">The CA.</param>
/// <param name="roots">The trusted roots.</param>
/// <param name="clock">The clock for timeouts and certificate validity.</param>
/// <param name="environment">Reads environment variables; they may name a proxy.</param>
/// <param name="shared">The connections that the renewals of a call share; null if there are none.</param>
internal sealed class CaClient(CaSettings settings, TrustedRoots roots, TimeProvider clock, Func<string, string?> environment, SharedConnection? shared = null)
{
    private readonly CaHandlerFactory handlers = shared?.Handlers ?? new(clock, environment);

    /// <summary>The CA's clock minus this machine's clock, from the last answer; null if there was none.</summary>
    public TimeSpan? ClockDifference { get; private set; }

    /// <summary>The issuers of the CA's own TLS certificate, DER, its present intermediate first; empty before the first handshake.</summary>
    internal IReadOnlyList<byte[]> ServerIssuers { get; private set; } = [];

    /// <summary>Renews the certificate that is shown in the TLS handshake.</summary>
    /// <exception cref="RenewalException">The CA cannot be reached, refuses, or gives an invalid answer.</exception>
    public Task<CaAnswer> RenewAsync(ClientIdentity client, CancellationToken cancellationToken) =>
        // The body is empty: with a JSON object some servers fail over HTTP/2.
        AskAsync("/renew", new ByteArrayContent([]), client, token: null, new TokenFacts(), cancellationToken);

    /// <summary>Gets a certificate with the same names for a new key. The old certificate is shown in the TLS handshake.</summary>
    /// <param name="client">The old leaf with its private key, and the issuers to send with it.</param>
    /// <param name="signingRequest">A signing request with the new key, PEM; the CA uses only its key.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="RenewalException">The CA cannot be reached, refuses, or gives an invalid answer.</exception>
    public Task<CaAnswer> RekeyAsync(ClientIdentity client, string signingRequest, CancellationToken cancellationToken) =>
        AskAsync("/rekey", Json(new RekeyRequest(signingRequest), CaJson.Default.RekeyRequest), client, token: null, new TokenFacts(), cancellationToken);

    /// <summary>Renews a certificate with a token signed by its key: for an expired certificate, or if a proxy ends TLS.</summary>
    /// <param name="token">The token; see <see cref="RenewToken"/>.</param>
    /// <param name="facts">Facts of the certificate, for the remedy if the CA refuses.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="RenewalException">The CA cannot be reached, refuses, or gives an invalid answer.</exception>
    public Task<CaAnswer> RenewByTokenAsync(string token, TokenFacts facts, CancellationToken cancellationToken) =>
        AskAsync("/renew", new ByteArrayContent([]), client: null, token, facts, cancellationToken);

    /// <summary>Gets a first certificate with a one-time token.</summary>
    /// <param name="request">The signing request, the token and the validity.</param>
    /// <param name="token">The same token, whose claims explain a refusal.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="RenewalException">The CA cannot be reached, refuses, or gives an invalid answer.</exception>
    public async Task<CaAnswer> SignAsync(SignRequest request, OneTimeToken token, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, settings.Endpoint("/sign")) { Content = Json(request, CaJson.Default.SignRequest) };
        var response = await SendAsync(message, client: null, cancellationToken).ConfigureAwait(false);
        return response.IsSuccess
            ? AnswerReader.Read(response, message.RequestUri!, roots.Issuers)
            : throw SignRefusals.Map(response, message.RequestUri!, token, clock.GetUtcNow());
    }

    /// <summary>Revokes a certificate: by the certificate itself, or by a token in the request.</summary>
    /// <param name="revocation">The request.</param>
    /// <param name="client">The certificate to revoke; null if the request has a token.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="RenewalException">The CA cannot be reached, refuses, or gives an invalid answer.</exception>
    public async Task RevokeAsync(RevokeRequest revocation, ClientIdentity? client, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, settings.Endpoint("/revoke")) { Content = Json(revocation, CaJson.Default.RevokeRequest) };
        var response = await SendAsync(request, client, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccess)
            throw RevokeRefusals.Map(response, request.RequestUri!, revocation);
        if (Parse(response, request.RequestUri!, CaJson.Default.HealthAnswer)?.Status != CaHealth.Ok)
            throw Refusals.Invalid(response, request.RequestUri!, "no confirmation of the revocation");
    }

    /// <summary>All provisioners of the CA.</summary>
    /// <exception cref="RenewalException">The CA cannot be reached, or gives an invalid answer.</exception>
    public async Task<IReadOnlyList<ProvisionerEntry>> GetProvisionersAsync(CancellationToken cancellationToken)
    {
        const int mostPages = 100;
        var all = new List<ProvisionerEntry>();
        var cursor = string.Empty;
        for (var page = 0; page < mostPages; page++)
        {
            var path = $"/provisioners?limit=100{(cursor.Length > 0 ? $"&cursor={Uri.EscapeDataString(cursor)}" : string.Empty)}";
            var answer = await GetAsync(path, CaJson.Default.ProvisionersAnswer, answer => answer.Provisioners is null ? null : answer, cancellationToken).ConfigureAwait(false);
            all.AddRange(answer.Provisioners!.OfType<ProvisionerEntry>());
            cursor = answer.NextCursor ?? string.Empty;
            if (cursor.Length == 0)
                return all;
        }

        throw new RenewalException(ErrorId.CaAnswerInvalid, $"The list of provisioners of the CA at {settings.Url.Authority} has no end.", "Check that the address is that of a step-ca, and see its log.");
    }

    /// <summary>The CA's health status: <c>ok</c>.</summary>
    /// <exception cref="RenewalException">The CA cannot be reached, or gives an invalid answer.</exception>
    public Task<string> GetHealthAsync(CancellationToken cancellationToken) =>
        GetAsync("/health", CaJson.Default.HealthAnswer, answer => answer.Status, cancellationToken);

    /// <summary>The version of the CA.</summary>
    /// <exception cref="RenewalException">The CA cannot be reached, or gives an invalid answer.</exception>
    public Task<string> GetVersionAsync(CancellationToken cancellationToken) =>
        GetAsync("/version", CaJson.Default.VersionAnswer, answer => answer.Version, cancellationToken);

    /// <summary>The CA's root certificates as PEM.</summary>
    /// <exception cref="RenewalException">The CA cannot be reached, or gives an invalid answer.</exception>
    public Task<IReadOnlyList<string>> GetRootsAsync(CancellationToken cancellationToken) =>
        GetAsync("/roots", CaJson.Default.RootsAnswer, answer => answer.Certificates, cancellationToken);

    /// <summary>Checks the configured proxy, if there is one, before the first request.</summary>
    /// <exception cref="RenewalException">The configured proxy cannot be used (<see cref="ErrorId.ProxyInvalid"/>).</exception>
    internal void RequireUsableProxy() => handlers.ProxyTo(settings.Url);

    private static ByteArrayContent Json<T>(T body, JsonTypeInfo<T> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, type));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private async Task<CaAnswer> AskAsync(string path, HttpContent body, ClientIdentity? client, string? token, TokenFacts facts, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, settings.Endpoint(path)) { Content = body };
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var sending = token is not null && shared is not null ? SendSharedAsync(request, shared, cancellationToken) : SendAsync(request, client, cancellationToken);
        var response = await sending.ConfigureAwait(false);
        return response.IsSuccess
            ? AnswerReader.Read(response, request.RequestUri!, roots.Issuers)
            : throw Refusals.Map(response, request.RequestUri!, token is not null, facts);
    }

    private async Task<TValue> GetAsync<T, TValue>(string path, JsonTypeInfo<T> type, Func<T, TValue?> field, CancellationToken cancellationToken)
        where T : class
        where TValue : class
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, settings.Endpoint(path));
        var response = await SendAsync(request, client: null, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccess)
            throw Refusals.Map(response, request.RequestUri!, usedToken: false, new TokenFacts());
        var answer = Parse(response, request.RequestUri!, type);
        return (answer is null ? null : field(answer)) ?? throw Refusals.Invalid(response, request.RequestUri!, $"no answer to {path}");
    }

    private static T? Parse<T>(CaResponse response, Uri endpoint, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(response.Body, type);
        }
        catch (JsonException e)
        {
            throw Refusals.Invalid(response, endpoint, "an answer that is not JSON", e);
        }
    }

    private async Task<CaResponse> SendAsync(HttpRequestMessage request, ClientIdentity? client, CancellationToken cancellationToken)
    {
        var proxy = handlers.ProxyTo(settings.Url)?.Authority;
        var (trust, attempts) = (new ServerTrust(), new ConnectAttempts());
        using var handler = handlers.Create(settings.Url, roots, trust, attempts, client);
        try
        {
            var response = await CaExchange.SendAsync(handler, request, clock, cancellationToken, attempts).ConfigureAwait(false);
            ClockDifference = response.ClockDifference ?? ClockDifference;
            return response;
        }
        catch (HttpRequestException e) when (client is not null && trust.IsAccepted && TlsAlert.FromException(e) is null)
        {
            // In TLS 1.3 the server's alert comes after the handshake, and a reset may hide it. In TLS 1.2 it cannot.
            throw await FindAlertAsync(client, cancellationToken).ConfigureAwait(false) ?? ConnectionErrors.Map(e, trust, settings, proxy, attempts.Describe());
        }
        // For a connection that is reset at once, the handler throws a SocketException.
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            throw ConnectionErrors.Map(e, trust, settings, proxy, attempts.Describe());
        }
        finally
        {
            if (trust.IsAccepted)
                ServerIssuers = trust.Issuers;
        }
    }

    private async Task<CaResponse> SendSharedAsync(HttpRequestMessage request, SharedConnection connections, CancellationToken cancellationToken)
    {
        var attempts = new ConnectAttempts();
        request.Options.Set(ConnectAttempts.Key, attempts);
        try
        {
            var response = await CaExchange.SendAsync(connections.GetHandler(), request, clock, cancellationToken, attempts).ConfigureAwait(false);
            ClockDifference = response.ClockDifference ?? ClockDifference;
            return response;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            // The handshake of another request says nothing about a connection that breaks after its own.
            var trust = e is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } ? connections.Trust : new ServerTrust();
            throw ConnectionErrors.Map(e, trust, settings, handlers.ProxyTo(settings.Url)?.Authority, attempts.Describe());
        }
    }

    private async Task<RenewalException?> FindAlertAsync(ClientIdentity client, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, settings.Endpoint("/health"));
        using var handler = handlers.Create(settings.Url, roots, new ServerTrust(), new ConnectAttempts(), client, SslProtocols.Tls12);
        try
        {
            await CaExchange.SendAsync(handler, request, clock, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException or RenewalException)
        {
            return TlsAlert.FromException(e) is { } alert && TlsAlert.IsAboutCertificate(alert) ? ConnectionErrors.ForAlert(alert, settings.Url.Authority, e) : null;
        }
    }
}

/// <summary>The client certificate of a TLS handshake.</summary>
/// <param name="Leaf">The leaf with its private key.</param>
/// <param name="Issuers">
/// The certificates between the leaf and its root. A CA with a new intermediate might not have the old one any more.
/// </param>
internal sealed record ClientIdentity(X509Certificate2 Leaf, IReadOnlyList<X509Certificate2> Issuers);
