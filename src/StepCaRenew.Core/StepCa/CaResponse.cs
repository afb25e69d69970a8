using System.Net;

namespace StepCaRenew.StepCa;

/// <summary>An answer of the CA, read to its end.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="ContentType">The media type, or null.</param>
/// <param name="Body">The body; at most 1 MB.</param>
/// <param name="RetryAfter">How long the server asked to wait, if it did.</param>
internal sealed record CaResponse(HttpStatusCode Status, string? ContentType, byte[] Body, TimeSpan? RetryAfter)
{
    /// <summary>How far the server's clock is ahead of ours, to the second; null if it does not tell its time (RFC 9110 section 6.6.1).</summary>
    public TimeSpan? ClockDifference { get; init; }

    /// <summary>True where the body says of itself that it is JSON.</summary>
    public bool IsJson => ContentType is not null && ContentType.EndsWith("json", StringComparison.OrdinalIgnoreCase);

    /// <summary>True for 2xx.</summary>
    public bool IsSuccess => (int)Status is >= 200 and < 300;
}
