using System.Net;

namespace StepCaRenew.StepCa;

/// <summary>One request and its answer, bounded in time and size.</summary>
internal static class CaExchange
{
    private const int MaximumLength = 1024 * 1024;

    /// <summary>The most that one request may take from the first packet to the last.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>Sends a request and reads the whole answer.</summary>
    /// <param name="handler">Connects.</param>
    /// <param name="request">The request.</param>
    /// <param name="clock">Measures the time.</param>
    /// <param name="cancellationToken">Ends the exchange.</param>
    /// <param name="attempts">Which addresses were tried, for the message.</param>
    /// <exception cref="RenewalException">The answer is too large, or did not come in time.</exception>
    /// <exception cref="HttpRequestException">The connection failed.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The connection was reset as soon as it stood.</exception>
    public static async Task<CaResponse> SendAsync(HttpMessageHandler handler, HttpRequestMessage request, TimeProvider clock, CancellationToken cancellationToken, ConnectAttempts? attempts = null)
    {
        using var timeout = new CancellationTokenSource(Timeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        try
        {
            using var response = await invoker.SendAsync(request, both.Token).ConfigureAwait(false);
            var difference = Difference(response, clock);
            var body = await ReadAsync(response, request.RequestUri!, both.Token).ConfigureAwait(false);
            return new CaResponse(response.StatusCode, response.Content.Headers.ContentType?.MediaType, body, RetryAfter(response, clock)) { ClockDifference = difference };
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            // Either our own limit or the handler's for connecting.
            throw new RenewalException(
                ErrorId.CaTimeout, $"The CA at {request.RequestUri!.Authority} did not answer in time{(attempts?.Describe() is { } tried ? $". Tried: {tried}" : string.Empty)}.",
                "Check that the address is right, that the CA runs, and what stands between: a firewall that drops packets looks like this.", e)
            { IsTransient = true };
        }
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, Uri address, CancellationToken cancellationToken)
    {
        using var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            body.Write(buffer, 0, read);
            if (body.Length > MaximumLength)
                throw new RenewalException(
                    ErrorId.CaAnswerTooLarge, $"The answer from {address.Authority} ({(int)response.StatusCode}) is larger than 1 MB.",
                    "Check that the address is that of a step-ca and not of something before it.");
        }

        return body.ToArray();
    }

    // The header counts whole seconds.
    private static TimeSpan? Difference(HttpResponseMessage response, TimeProvider clock) =>
        response.Headers.Date is { } date ? TimeSpan.FromSeconds(Math.Round((date - clock.GetUtcNow()).TotalSeconds)) : null;

    private static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider clock)
    {
        if (response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable) || response.Headers.RetryAfter is not { } header)
            return null;
        var wait = header.Delta ?? header.Date - clock.GetUtcNow();
        return wait > TimeSpan.Zero ? wait : null;
    }
}
