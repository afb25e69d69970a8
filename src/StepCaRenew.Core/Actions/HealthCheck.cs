using System.Text;
using Microsoft.Extensions.Logging;
using StepCaRenew.Logging;
using StepCaRenew.StepCa;

namespace StepCaRenew.Actions;

/// <summary>
/// Tells a monitor how a run ended, so that a run that never comes is noticed as well. The address is a secret but for
/// its host: whoever knows it can say that all is well.
/// </summary>
public sealed class HealthCheck : IDisposable
{
    private readonly Uri uri;
    private readonly ILogger logger;
    private readonly HttpClient http;

    /// <summary>Makes one of an address as it was given.</summary>
    /// <param name="address">The monitor's address.</param>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="logger">Told whether it worked.</param>
    /// <exception cref="RenewalException">It is no http or https address; the message does not show it.</exception>
    public HealthCheck(string address, TimeSpan timeout, ILogger logger)
        : this(ParseAddress(address), timeout, logger)
    {
    }

    /// <inheritdoc cref="HealthCheck(string, TimeSpan, ILogger)"/>
    public HealthCheck(string address, TimeSpan timeout, CallLog log)
        : this(ParseAddress(address), timeout, log)
    {
    }

    /// <summary>Makes one that trusts what the system trusts: monitors live outside of the CA's realm.</summary>
    /// <param name="uri">The monitor's address.</param>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="logger">Told whether it worked.</param>
    /// <exception cref="RenewalException">It is no http or https address.</exception>
    public HealthCheck(Uri uri, TimeSpan timeout, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(uri);
        (this.uri, this.logger) = (Demand(uri), logger);
        UserStores.EnsurePrepared();
        http = new HttpClient(CreateHandler()) { Timeout = timeout };
    }

    /// <summary>The address as it may be shown.</summary>
    public string Masked => $"{uri.Scheme}://{uri.Authority}/***";

    /// <summary>Reads an address.</summary>
    /// <param name="address">The address.</param>
    /// <exception cref="RenewalException">It is no http or https address; the message does not show it.</exception>
    public static Uri ParseAddress(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) ? Demand(uri) : throw NoAddress();

    /// <summary>Tells how the run ended; that nobody listens is a warning and nothing more.</summary>
    /// <param name="errorIds">The ids of what failed; none for success.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task PingAsync(IReadOnlyCollection<string> errorIds, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(errorIds);
        try
        {
            using var answer = errorIds.Count == 0
                ? await http.GetAsync(uri, cancellationToken).ConfigureAwait(false)
                : await FailAsync(errorIds, cancellationToken).ConfigureAwait(false);
            if (answer.IsSuccessStatusCode)
                ActionLog.Pinged(logger, Masked, errorIds.Count == 0 ? "success" : "failure");
            else
                ActionLog.NotPinged(logger, Masked, $"status {(int)answer.StatusCode}");
        }
        // The platform's own message may quote the address.
        catch (HttpRequestException e)
        {
            ActionLog.NotPinged(logger, Masked, e.InnerException?.GetType().Name ?? e.GetType().Name);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            ActionLog.NotPinged(logger, Masked, "no answer in time");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    // A redirect could carry the secret path to another host in the clear. The TLS options stay the platform's: see
    // CaHandlerFactory.AllowsResume.
    internal static SocketsHttpHandler CreateHandler() => new() { AllowAutoRedirect = false };

    private static Uri Demand(Uri uri) =>
        uri.IsAbsoluteUri && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp) ? uri : throw NoAddress();

    private static RenewalException NoAddress() =>
        ActionErrors.Invalid("-HealthCheckUri is no http or https address.", "Give the whole address, such as https://hc.example.com/ping/<id>.");

    private async Task<HttpResponseMessage> FailAsync(IReadOnlyCollection<string> errorIds, CancellationToken cancellationToken)
    {
        var fail = new UriBuilder(uri) { Path = uri.AbsolutePath.TrimEnd('/') + "/fail" }.Uri;
        using var body = new StringContent(string.Join('\n', errorIds.Distinct()), Encoding.UTF8, "text/plain");
        return await http.PostAsync(fail, body, cancellationToken).ConfigureAwait(false);
    }
}
