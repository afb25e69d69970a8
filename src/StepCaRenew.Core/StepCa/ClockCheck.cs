using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using StepCaRenew.Certificates;
using StepCaRenew.Logging;
using StepCaRenew.Policy;

namespace StepCaRenew.StepCa;

/// <summary>
/// Compares this machine's clock with the CA's. A machine that is minutes behind throws every new certificate away, since
/// it is not valid yet by its clock; after the first one the CA is asked for its time, and not for a certificate.
/// </summary>
/// <param name="client">The CA.</param>
/// <param name="settings">Which CA it is.</param>
/// <param name="clock">This machine's clock.</param>
/// <param name="logger">Told of a difference.</param>
internal sealed class ClockCheck(CaClient client, CaSettings settings, TimeProvider clock, ILogger logger)
{
    private TimeSpan? limit;
    private bool isAsked;

    /// <summary>Demands that a new certificate would be valid here; asks the CA only if one was not, last time.</summary>
    /// <param name="last">What was found last time; null for nothing.</param>
    /// <param name="cancellationToken">Ends it.</param>
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
            // The renewal itself finds the same, or is the only thing that is let through.
            return;
        }

        if (client.ClockDifference >= known)
            throw new RenewalException(
                ErrorId.ClockBehind,
                $"This machine's clock is {Duration.Format(client.ClockDifference.Value)} behind the clock of the CA at {settings.Url.Authority}: a new certificate would not be valid here yet, and the CA was not asked for one.",
                "Set this machine's clock, for example with 'chronyc makestep' or 'w32tm /resync'.");
        limit = null;
    }

    /// <summary>Works out the limit from an answer that is not valid yet.</summary>
    /// <param name="refusal">Why the answer was thrown away.</param>
    /// <param name="leaf">The certificate that was thrown away.</param>
    public void RecordRefusal(RenewalException refusal, X509Certificate2 leaf)
    {
        var ahead = CertificatePair.ValidityOf(leaf).NotBefore - clock.GetUtcNow();
        // The CA backdates by what its clock is ahead more than the certificate.
        if (refusal.ErrorId == ErrorId.AnswerNotValidNow && ahead > AnswerVerifier.Leeway && client.ClockDifference is { } difference)
            limit = difference - ahead + AnswerVerifier.Leeway;
    }

    /// <summary>Reports a difference, and what is to be remembered of it; null if the CA was not heard.</summary>
    public CaClock? Finish()
    {
        if (client.ClockDifference is not { } difference)
            return limit is null ? null : new CaClock(null, limit);
        if (difference.Duration() > CaClock.Tolerance)
            RenewalLog.ClockDiffers(logger, Duration.Format(difference.Duration()), difference > TimeSpan.Zero ? "behind" : "ahead of", settings.Url.Authority);
        return new CaClock(difference, limit);
    }
}
