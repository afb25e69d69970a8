using System.Net;

namespace StepCaRenew.Ca;

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
