using Microsoft.Extensions.Logging;
using StepCaRenew.Accounts;
using StepCaRenew.Ca;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FileSystem;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Logging;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Renewal;

/// <summary>Renews one certificate in one run: everything is read fresh from disk, and nothing is kept between runs.</summary>
internal sealed class RenewalEngine : IDisposable
{
    private const int MaximumAttempts = 3;

    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly Func<OpenFolders, IVolume> volumes;
    private readonly MatchingPairLoader loader;
    private readonly RenewalLook look;
    private readonly SharingRetry retry;
    private readonly CertificateIssuer issuer;
    private readonly ActingLocks acting;

    /// <summary>Makes an engine.</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="random">Gives numbers in [0, 1) for the jitter of retries.</param>
    /// <param name="environment">The environment variables: step's configuration and proxies.</param>
    /// <param name="logger">Told of every step.</param>
    public RenewalEngine(TimeProvider clock, Func<double> random, Func<string, string?> environment, ILogger logger)
        : this(clock, random, environment, logger, folders => new Volume(folders))
    {
    }

    /// <inheritdoc cref="RenewalEngine(TimeProvider, Func{double}, Func{string, string?}, ILogger)"/>
    public RenewalEngine(TimeProvider clock, Func<double> random, Func<string, string?> environment, CallLog log)
        : this(clock, random, environment, (ILogger)log)
    {
    }

    /// <summary>Makes an engine over another file system, for tests of crashes.</summary>
    internal RenewalEngine(TimeProvider clock, Func<double> random, Func<string, string?> environment, ILogger logger, Func<OpenFolders, IVolume> volumes)
    {
        (this.clock, this.logger, this.volumes) = (clock, logger, volumes);
        loader = new MatchingPairLoader(clock, logger);
        look = new RenewalLook(loader, clock, logger);
        retry = new SharingRetry(clock);
        issuer = new CertificateIssuer(clock, random, environment, logger);
        acting = new ActingLocks(logger);
    }

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

    /// <summary>Runs what the results of one call owe: each action once, after the last replacement.</summary>
    /// <param name="results">All results of the call.</param>
    /// <param name="actions">The actions that the requests held.</param>
    /// <param name="host">What the actions have in common.</param>
    /// <param name="cancellationToken">Ends a running action; it stays pending.</param>
    /// <returns>The results as they are now, and one error for each action that failed.</returns>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public async Task<(IReadOnlyList<RenewalResult> Results, IReadOnlyList<RenewalException> Errors)> ActAsync(
        IReadOnlyList<RenewalResult> results, IReadOnlyList<ActionDefinition> actions, ActionHost host, CancellationToken cancellationToken)
    {
        try
        {
            return await new ActionRunner(actions, host, volumes, clock, logger).RunAsync(results, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            acting.Dispose();
        }
    }

    /// <summary>Leaves what the renewals owe, and nobody has run, to the next run.</summary>
    public void Dispose()
    {
        acting.Dispose();
        issuer.Dispose();
    }

    // One certificate's bad luck must not end the run over the others.
    private static RenewalException Unexpected(Exception e) => new(
        ErrorId.Unexpected, $"An error that nobody foresaw ({e.GetType().Name}): {e.Message}", "Please report it, with the output of -Verbose.", e);

    // The steps are those of docs/architecture.md, "The way of one renewal".
    private async Task<RenewalResult> RunAsync(RenewalRequest request, RenewalReport report, CancellationToken cancellationToken)
    {
        var approval = new Approval(request);
        for (var attempt = 1; attempt <= MaximumAttempts; attempt++)
        {
            if (await AttemptAsync(request, report, approval, cancellationToken).ConfigureAwait(false) is { } result)
                return result;
            RenewalLog.ChangedDuringRenewal(logger, request.CertificatePath);
        }

        throw new RenewalException(
            ErrorId.ChangedDuringRenewal, $"Another process changed '{request.CertificatePath}', its key or a link to them {MaximumAttempts} times while it was being renewed. Theirs stands.",
            "Find out which other process writes these files (another renewal, a deployment), and let only one of them do it.");
    }

    // Null if another process changed the pair meanwhile.
    private async Task<RenewalResult?> AttemptAsync(RenewalRequest request, RenewalReport report, Approval approval, CancellationToken cancellationToken)
    {
        report.IsReplaced = false;
        using var glance = await look.GlanceAsync(request, report, cancellationToken).ConfigureAwait(false);
        var opened = new OpenPair(request, glance, volumes, clock, logger);
        using var pending = new PendingActions(opened.Volume, opened.Folders, opened.Paths, request.Actions, acting, clock, logger);
        if (await look.TakeAsync(request, glance, opened, pending, report, approval, cancellationToken).ConfigureAwait(false) is { } nothingToDo)
            return nothingToDo;

        try
        {
            // 1 lock
            using var pairLock = await PairLock.AcquireAsync(opened.Folders, opened.Paths, request.LockTimeout, clock, logger, cancellationToken).ConfigureAwait(false);
            // A link may be changed to another folder at any time (that is how some deploy): then the pair is another one, and so is its lock.
            return opened.Reader.IsAt() ? await TryAsync(request, glance, opened, pairLock, pending, report, approval, cancellationToken).ConfigureAwait(false) : null;
        }
        catch (RenewalException) when (!report.IsReplaced && !opened.Reader.IsAt())
        {
            return null;
        }
    }

    // Null if another process changed the pair meanwhile.
    private async Task<RenewalResult?> TryAsync(
        RenewalRequest request, PairGlance glance, OpenPair opened, PairLock? pairLock, PendingActions pending, RenewalReport report, Approval approval, CancellationToken cancellationToken)
    {
        // 2 recover
        var isRecovery = opened.Recovery.IsNeeded(opened.Paths);
        if (isRecovery)
        {
            if (!await approval.ForRecoveryAsync(cancellationToken).ConfigureAwait(false))
                return report.WouldRecover();
            await RecoverAsync(request, opened, report).ConfigureAwait(false);
        }

        // 3 load, 4 check
        using var pair = await loader.LoadAsync(request, glance, opened.Reader, report.Loaded, cancellationToken, report.WasRead).ConfigureAwait(false);
        var facts = PairFacts.Of(pair);
        // A pair that was only half written a moment ago is complete now: what lies next to it can be removed.
        if (isRecovery && opened.Recovery.IsNeeded(opened.Paths))
            await RecoverAsync(request, opened, report).ConfigureAwait(false);

        // 5 decide
        var decision = look.Decide(facts, request, report);
        var before = pending.Settle(pair.Leaf.SerialNumber);
        Owe(report, pending, OwedActions.Of(request, opened.Paths, pair, before, null));
        if (!decision.IsDue)
            return pending.IsOverdue(before, request.ActionTimeout) ? throw ActionErrors.LeftTooLong(request.CertificatePath) : report.NotDue(decision);
        if (!await approval.ForRenewalAsync(facts, cancellationToken).ConfigureAwait(false))
            return look.Refused(request, opened, report, before.Count > 0);

        try
        {
            return await ReplaceAsync(request, opened, pair, pairLock, pending, before, report, cancellationToken).ConfigureAwait(false);
        }
        // What failed, failed with a pair that is no longer there; the new one may have an answer.
        catch (RenewalException) when (!report.IsReplaced && !opened.Reader.IsUnchanged(pair))
        {
            return null;
        }
    }

    // Null if another process changed the pair meanwhile.
    private async Task<RenewalResult?> ReplaceAsync(
        RenewalRequest request, OpenPair opened, CertificatePair pair, PairLock? pairLock, PendingActions pending, IReadOnlyList<PendingEntry> before, RenewalReport report,
        CancellationToken cancellationToken)
    {
        var (paths, volume) = (opened.Paths, opened.Volume);
        // 6 issue, 7 verify; what would stop the replacement is found out before
        using var newKey = request.Rekey ? MakeKey(request, pair, paths) : null;
        report.HardLinks = HardLinks.Find(opened.Folders, paths, newKey is not null);
        var witness = new PairWitness(volume, paths, request.KeyPassword);
        await PairReplacement.RequireReplaceableAsync(volume, paths, newKey is not null, retry).ConfigureAwait(false);
        using var replacement = PairReplacement.Stage(volume, paths, newKey is not null, retry, witness);
        using var note = pending.Note(pair.Leaf.SerialNumber, before);
        using var answer = await issuer.IssueAsync(pair, newKey, request, report, cancellationToken).ConfigureAwait(false);

        // 8 recheck
        if (!opened.Reader.IsUnchanged(pair))
            return null;
        pairLock?.RequireInPlace();

        // 9 replace; 11 act comes after the last certificate
        var change = PairChange.Of(paths, pair, answer, newKey, request.KeyPassword);
        witness.Proven = change.Proven;
        if (!await RecordedReplacement.RunAsync(pair, opened.Reader, replacement, change, note).ConfigureAwait(false))
            return null;
        report.Replaced(answer.Leaf);
        look.WarnOfHardLinks(report);
        foreach (var (path, owner) in replacement.LostOwners)
            RenewalLog.OwnerNotKept(logger, path, owner, CurrentUser.Name);
        // Nothing is told to load a pair that somebody spoils at this very moment: what is owed waits then.
        if (note.Entries.Count > 0)
            report.LeavesPending();
        await DemandMatchOnDiskAsync(request, opened.Reader, pair, change.Proven).ConfigureAwait(false);
        // A link leads to another pair by now, and that is the one that the user means.
        if (!opened.Reader.IsAt(pair.Certificate))
            return null;
        Owe(report, pending, OwedActions.Of(request, paths, pair, note.Entries, answer.Leaf));
        RenewalLog.Renewed(logger, pair.Certificate.Path, answer.Leaf.SerialNumber, answer.Leaf.NotAfter);
        return report.Renewed(newKey is not null);
    }

    private static async Task RecoverAsync(RenewalRequest request, OpenPair opened, RenewalReport report)
    {
        if (await opened.Recovery.RunAsync(opened.Paths, request.KeyPassword).ConfigureAwait(false))
            report.Recovered();
    }

    // What another run is at is left to it; what this one adds is on record, for the next one.
    private static void Owe(RenewalReport report, PendingActions pending, OwedActions? owed)
    {
        if (pending.IsAnothers && owed is not null)
            report.LeavesPending();
        else
            report.Owes(owed);
        pending.IsTakenOver = owed is not null;
    }

    private static PrivateKey MakeKey(RenewalRequest request, CertificatePair pair, PairPaths paths)
    {
        PairChange.RequireUnmixed(pair, paths);
        return request.KeyAlgorithm is null ? KeyAlgorithms.GenerateLike(pair.Key) : KeyAlgorithms.Generate(request.KeyAlgorithm);
    }

    private async Task DemandMatchOnDiskAsync(RenewalRequest request, PairReader reader, CertificatePair pair, ProvenPair proven)
    {
        if (proven.IsAt(request.CertificatePath, pair.KeyPath, reader.Open))
            return;
        using var pairOnDisk = await loader.LoadAsync(request with { KeyPath = pair.KeyPath }, seen: null, reader, _ => { }, CancellationToken.None, wasRead: true).ConfigureAwait(false);
    }
}
