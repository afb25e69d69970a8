using StepCaRenew.Ca.Configuration;
using StepCaRenew.Text;

namespace StepCaRenew.Ca;

/// <summary>How a CA answered a question about its health.</summary>
/// <param name="Latency">The time from the first packet to the answer, with the TLS handshake.</param>
/// <param name="ClockDifference">The CA's clock minus this machine's, to the second; null if the answer had no time.</param>
internal sealed record CaHealth(TimeSpan Latency, TimeSpan? ClockDifference)
{
    /// <summary>The status of a CA that works.</summary>
    public const string Ok = "ok";

    /// <summary>Whether the clocks differ by more than a minute: then certificates might not be valid yet, or tokens might be refused.</summary>
    public bool IsClockWrong => ClockDifference is { } difference && difference.Duration() > CaClock.Tolerance;

    /// <summary>Asks a CA; it is reached, trusted and well, or this fails.</summary>
    /// <exception cref="RenewalException">The CA cannot be reached, is not trusted, or reports a problem.</exception>
    public static async Task<CaHealth> RequireAsync(CaClient client, CaSettings settings, TimeProvider clock, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        var status = await client.GetHealthAsync(cancellationToken).ConfigureAwait(false);
        var latency = clock.GetElapsedTime(start);
        return status == Ok ? new CaHealth(latency, client.ClockDifference)
            : throw new RenewalException(ErrorId.CaFailed, $"The CA at {settings.Url.Authority} reports its health as '{PlainText.Excerpt(status)}'.", "See the CA's log.");
    }
}
