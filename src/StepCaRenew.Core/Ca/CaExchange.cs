using System.Net;

namespace StepCaRenew.Ca;

/// <summary>Sends one request and reads its answer, with limits of time and size.</summary>
internal static class CaExchange
{
    private const int MaximumLength = 1024 * 1024;

    /// <summary>The time limit for a request, from the first packet to the last.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>Sends a request and reads the whole answer.</summary>
    /// <exception cref="RenewalException">The answer is too large, or did not arrive in time.</exception>
    /// <exception cref="HttpRequestException">The connection failed.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The connection was reset at once.</exception>
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
            // The limit above, or the handler's limit for connecting.
            throw new RenewalException(
                ErrorId.CaTimeout, $"The CA at {request.RequestUri!.Authority} did not answer in time{(attempts?.Describe() is { } tried ? $". Tried: {tried}" : string.Empty)}.",
                "Check the address, that the CA is running, and the firewalls in between: one that drops packets causes this error.", e)
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
                    "Check that the address is that of a step-ca, and not that of a proxy.");
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

/// <summary>A complete answer of the CA.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="ContentType">The media type, or null.</param>
/// <param name="Body">The body; at most 1 MB.</param>
/// <param name="RetryAfter">How long the server asks to wait; null if it does not.</param>
internal sealed record CaResponse(HttpStatusCode Status, string? ContentType, byte[] Body, TimeSpan? RetryAfter)
{
    /// <summary>The server's clock minus this machine's, to the second; null without a Date header (RFC 9110 section 6.6.1).</summary>
    public TimeSpan? ClockDifference { get; init; }

    /// <summary>Whether the content type is JSON.</summary>
    public bool IsJson => ContentType is not null && ContentType.EndsWith("json", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the status is 2xx.</summary>
    public bool IsSuccess => (int)Status is >= 200 and < 300;
}
