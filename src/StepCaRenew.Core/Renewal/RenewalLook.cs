using Microsoft.Extensions.Logging;
using StepCaRenew.Ca.Trust;
using StepCaRenew.Certificates;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Logging;
using StepCaRenew.Policy;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Renewal;

/// <summary>Looks at a pair and decides. Most runs end with a look, and have written nothing, not even a lock.</summary>
/// <param name="loader">Loads what a glance could not settle.</param>
/// <param name="clock">The present moment.</param>
/// <param name="logger">Told of what was found.</param>
internal sealed class RenewalLook(MatchingPairLoader loader, TimeProvider clock, ILogger logger)
{
    /// <summary>Takes the first look at the pair, and waits if another process is writing it right now.</summary>
    /// <exception cref="RenewalException">The certificate can't be read, or there is no key next to it.</exception>
    public async Task<PairGlance> GlanceAsync(RenewalRequest request, RenewalReport report, CancellationToken cancellationToken)
    {
        for (var wait = new WriterWait(request, report.WasRead, clock, logger); ; await wait.PauseAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                return PairGlance.Take(request);
            }
            catch (RenewalException e) when (wait.Explains(e))
            {
            }
        }
    }

    /// <summary>Whether there is nothing to be done.</summary>
    /// <returns>The result, or null where the run goes on.</returns>
    /// <exception cref="RenewalException">A file can't be read, or the two don't belong together.</exception>
    public async Task<RenewalResult?> TakeAsync(
        RenewalRequest request, PairGlance glance, OpenPair opened, PendingActions pending, RenewalReport report, Approval approval, CancellationToken cancellationToken)
    {
        // What lies beside the pair while another run holds the lock is that run's work; what is left of it shows under the lock.
        if (opened.Recovery.IsNeeded(opened.Paths))
            return PairLock.IsHeld(opened.Folders, opened.Paths) || await approval.ForRecoveryAsync(cancellationToken).ConfigureAwait(false) ? null : report.WouldRecover();
        var facts = glance.Facts ?? await LoadAsync(request, opened.Reader, report, cancellationToken).ConfigureAwait(false);
        report.Loaded(facts);
        var decision = Decide(facts, request, report);
        if (!decision.IsDue)
        {
            if (!pending.IsRecorded)
                return report.NotDue(decision);
            if (await approval.ForActionsAsync(cancellationToken).ConfigureAwait(false))
                return null;
            report.LeavesPending();
            return report.NotDue(decision);
        }

        if (!request.UseToken && glance.AnyCertificate is { } certificate)
            MachineRoots.Preload(certificate);
        return await approval.ForRenewalAsync(facts, cancellationToken).ConfigureAwait(false) ? null : Refused(request, opened, report, pending.IsRecorded);
    }

    /// <summary>Decides whether the pair is due, and tells of it; what was told before is not told again.</summary>
    public RenewalDecision Decide(PairFacts pair, RenewalRequest request, RenewalReport report)
    {
        var now = clock.GetUtcNow();
        var decision = RenewalPolicy.Decide(pair.Validity, request.Rule, now);
        // The look has told already what the steps under the lock find again.
        if (report.IsTold(pair))
            return decision;
        if (logger.IsEnabled(LogLevel.Debug))
            RenewalLog.Loaded(logger, pair.CertificatePath, pair.Subject, pair.SerialNumber, pair.Validity.NotAfter, pair.KeyAlgorithm, pair.KeyPath);
        if (!decision.IsDue)
            RenewalLog.NotDue(logger, pair.CertificatePath, decision.RenewAfter);
        else if (decision.RenewAfter > now)
            RenewalLog.Forced(logger, pair.CertificatePath, decision.RenewAfter);
        else
            RenewalLog.Due(logger, pair.CertificatePath, decision.RenewAfter);
        return decision;
    }

    /// <summary>The result where the user does not want a renewal; who does not is not asked about the actions of an earlier one.</summary>
    public RenewalResult Refused(RenewalRequest request, OpenPair opened, RenewalReport report, bool isPending)
    {
        if (isPending)
            report.LeavesPending();
        report.HardLinks = HardLinks.Find(opened.Folders, opened.Paths, request.Rekey);
        WarnOfHardLinks(report);
        return report.WouldRenew();
    }

    /// <summary>Warns of the other names of the files that are replaced.</summary>
    public void WarnOfHardLinks(RenewalReport report)
    {
        foreach (var file in report.HardLinks)
            RenewalLog.HardLinked(logger, file.Sentence);
    }

    private async Task<PairFacts> LoadAsync(RenewalRequest request, PairReader reader, RenewalReport report, CancellationToken cancellationToken)
    {
        using var pair = await loader.LoadAsync(request, seen: null, reader, report.Loaded, cancellationToken, report.WasRead).ConfigureAwait(false);
        return PairFacts.Of(pair);
    }
}
