using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Logging;
using StepCaRenew.Policy;

namespace StepCaRenew.Ca;

/// <summary>
/// Compares this machine's clock with the CA's. On a machine minutes behind, no new certificate is valid yet, and every run
/// would discard one. After the first, the CA is asked for its time before it is asked for a certificate.
/// </summary>
internal sealed class ClockCheck(CaClient client, CaSettings settings, TimeProvider clock, ILogger logger)
{
    private TimeSpan? limit;
    private bool isAsked;

    /// <summary>Checks that a new certificate would be valid here; asks the CA only if the last one was not.</summary>
    /// <param name="last">The result of the last run; null if there is none.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="RenewalException">The clock is still behind (<see cref="ErrorId.ClockBehind"/>).</exception>
    public async Task RequireClockAsync(CaClock? last, CancellationToken cancellationToken)
    {
        if (last?.Limit is not { } known || isAsked)
            return;
        limit = known;
        try
        {
            await client.GetHealthAsync(cancellationToken).ConfigureAwait(false);
            isAsked = true;
        }
        catch (RenewalException e) when (!e.IsTransient)
        {
            // The renewal itself fails in the same way, or only its path is allowed through.
            return;
        }

        if (client.ClockDifference >= known)
            throw new RenewalException(
                ErrorId.ClockBehind,
                $"This machine's clock is {Duration.Format(client.ClockDifference.Value)} behind the clock of the CA at {settings.Url.Authority}: a new certificate would not be valid here yet, and the CA was not asked for one.",
                "Set this machine's clock, for example with 'chronyc makestep' or 'w32tm /resync'.");
        limit = null;
    }

    /// <summary>Computes the limit if an answer was discarded because it is not valid yet.</summary>
    public void RecordRefusal(RenewalException refusal, X509Certificate2 leaf)
    {
        var wait = CertificateValidity.FromCertificate(leaf).NotBefore - clock.GetUtcNow();
        // The CA sets notBefore earlier than its own time, by (difference - wait).
        if (refusal.ErrorId == ErrorId.AnswerNotValidNow && wait > AnswerVerifier.Leeway && client.ClockDifference is { } difference)
            limit = difference - wait + AnswerVerifier.Leeway;
    }

    /// <summary>Logs a large difference, and returns what to keep for the next run; null if the CA did not answer.</summary>
    public CaClock? Finish()
    {
        if (client.ClockDifference is not { } difference)
            return limit is null ? null : new CaClock(null, limit);
        if (difference.Duration() > CaClock.Tolerance)
            RenewalLog.ClockDiffers(logger, Duration.Format(difference.Duration()), difference > TimeSpan.Zero ? "behind" : "ahead of", settings.Url.Authority);
        return new CaClock(difference, limit);
    }
}

/// <summary>The difference between the CA's clock and this machine's.</summary>
/// <param name="Difference">The CA's clock minus this machine's, from the last answer; null if unknown.</param>
/// <param name="Limit">
/// The difference from which on a new certificate is not yet valid on this machine; null if no certificate was refused for
/// that reason.
/// </param>
internal sealed record CaClock(TimeSpan? Difference, TimeSpan? Limit)
{
    /// <summary>A larger difference is logged as a warning.</summary>
    internal static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);
}
