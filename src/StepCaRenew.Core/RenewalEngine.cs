using Microsoft.Extensions.Logging;
using StepCaRenew.Certificates;
using StepCaRenew.Files;
using StepCaRenew.Logging;
using StepCaRenew.Policy;
using StepCaRenew.StepCa;

namespace StepCaRenew;

/// <summary>Renews one certificate in one run: everything is read fresh from disk, and nothing is kept between runs.</summary>
/// <param name="clock">The clock.</param>
/// <param name="random">Gives numbers in [0, 1) for the jitter of retries.</param>
/// <param name="environment">The environment variables: step's configuration and proxies.</param>
/// <param name="logger">Told of every step.</param>
public sealed class RenewalEngine(TimeProvider clock, Func<double> random, Func<string, string?> environment, ILogger logger)
{
    private const int MaximumRounds = 3;

    private readonly MatchingPairLoader loader = new(clock, logger);
    private readonly CertificateIssuer issuer = new(clock, random, environment, logger);

    /// <summary>Renews a certificate if it is due.</summary>
    /// <param name="request">What, when and where.</param>
    /// <param name="cancellationToken">
    /// Ends the run at once until the CA has answered; from then on the replacement finishes first.
    /// </param>
    /// <returns>The result, and the failure it tells of, if any.</returns>
    /// <exception cref="OperationCanceledException">The run was cancelled; nothing was changed.</exception>
    public async Task<(RenewalResult Result, RenewalException? Error)> RenewAsync(RenewalRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var report = new RenewalReport(request, clock);
        try
        {
            return (await RunAsync(request, report, cancellationToken).ConfigureAwait(false), null);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            var error = e as RenewalException ?? Unexpected(e);
            RenewalLog.Failed(logger, request.CertificatePath, error.ErrorId, error.Message);
            return (report.Failed(error), error);
        }
    }

    // One certificate's bad luck must not end the run over the others.
    private static RenewalException Unexpected(Exception e) => new(
        ErrorId.Unexpected, $"An error that nobody foresaw ({e.GetType().Name}): {e.Message}", "Please report it, with the output of -Verbose.", e);

    // The steps are those of docs/architecture.md, "The way of one renewal".
    private async Task<RenewalResult> RunAsync(RenewalRequest request, RenewalReport report, CancellationToken cancellationToken)
    {
        var isApproved = false;
        for (var round = 1; round <= MaximumRounds; round++)
        {
            // 3 load, 4 check
            using var pair = await loader.LoadAsync(request.CertificatePath, request.KeyPath, request.KeyPassword, cancellationToken).ConfigureAwait(false);
            report.Loaded(pair);
            RenewalLog.Loaded(logger, pair.Certificate.Path, pair.Leaf.Subject, pair.Leaf.SerialNumber, pair.Validity.NotAfter, pair.Key.Algorithm, pair.KeyPath);

            // 5 decide
            var decision = RenewalPolicy.Decide(pair.Validity, request.Rule, clock.GetUtcNow());
            if (!decision.IsDue)
            {
                RenewalLog.NotDue(logger, pair.Certificate.Path, decision.RenewAfter);
                return report.NotDue(decision);
            }

            if (decision.RenewAfter > clock.GetUtcNow())
                RenewalLog.Forced(logger, pair.Certificate.Path, decision.RenewAfter);
            else
                RenewalLog.Due(logger, pair.Certificate.Path, decision.RenewAfter);
            isApproved = isApproved || await request.ApproveAsync(new RenewalPlan(pair.Certificate.Path, pair.Leaf.Subject, pair.Validity.NotAfter), cancellationToken).ConfigureAwait(false);
            if (!isApproved)
                return report.WouldRenew();

            // 6 issue, 7 verify; what would stop the replacement is found out before
            using var replacement = FileReplacement.Stage(pair.Certificate.Path);
            using var answer = await issuer.IssueAsync(pair, request, report.Asked, cancellationToken).ConfigureAwait(false);

            // 8 recheck
            if (!pair.IsStillOnDisk())
            {
                RenewalLog.ChangedDuringRenewal(logger, pair.Certificate.Path);
                continue;
            }

            // 9 replace, and look at what lies there now
            replacement.Commit(CertificateContent.Render(pair.Certificate, answer.Leaf, answer.Chain));
            report.Replaced(answer.Leaf);
            using (await loader.LoadAsync(request.CertificatePath, pair.KeyPath, request.KeyPassword, CancellationToken.None).ConfigureAwait(false))
                RenewalLog.Renewed(logger, pair.Certificate.Path, answer.Leaf.SerialNumber, answer.Leaf.NotAfter);
            return report.Renewed();
        }

        throw new RenewalException(
            ErrorId.ChangedDuringRenewal, $"'{request.CertificatePath}' or its key was replaced by someone else {MaximumRounds} times while it was being renewed. Theirs stands.",
            "Find out who else writes these files (another renewal, a deployment), and let one of them do it.");
    }
}
