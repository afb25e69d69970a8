using StepCaRenew.Ca;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Trust;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FollowUps;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.FollowUps.Publications;
using StepCaRenew.Policy;
using StepCaRenew.Stores;

namespace StepCaRenew.Renewal;

/// <summary>Renews one pair if it is due: one method for each step, in the order of docs/architecture.md, "A renewal". The issuer verifies the answer of the CA.</summary>
internal sealed class RenewalRun(RenewalRequest request, RenewalReport report, RenewalServices services, Approval approval) : PairRun<RenewalResult>
{
    // The state of one attempt. Each step relies on what the steps before it have set.
    private IPairStore store = null!;
    private PairFollowUps followUps = null!;
    private PairSnapshot? snapshot;
    private bool isUnderLock;
    private bool hadLeftovers;
    private PrivateKey? newKey;
    private IPairReplacement replacement = null!;
    private CaAnswer answer = null!;
    private PairVersion? newVersion;

    /// <inheritdoc/>
    protected override IReadOnlyList<Func<CancellationToken, Task<Outcome>>> Steps =>
    [
        CheckAsync, LockAsync, RecoverAsync, LoadAsync, DecideAsync, _ => StageAsync(), IssueAsync, _ => RecheckAsync(), _ => CommitAsync(), _ => DropOldAsync(), _ => FollowUpAsync(),
    ];

    /// <inheritdoc/>
    protected override bool IsOutdated => isUnderLock && newVersion is null && HasChanged;

    /// <summary>Runs the steps, again from the start whenever another process has changed the pair.</summary>
    /// <exception cref="RenewalException">The pair cannot be renewed, or was changed in every attempt (<see cref="ErrorId.ChangedDuringRenewal"/>).</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the CA answered; nothing was changed.</exception>
    public static Task<RenewalResult> RunAsync(RenewalRequest request, RenewalReport report, RenewalServices services, CancellationToken cancellationToken)
    {
        var approval = new Approval(request);
        return RunAsync(() => new RenewalRun(request, report, services, approval), request.CertificatePath, "was not renewed", services.Logger, cancellationToken);
    }

    /// <inheritdoc/>
    // The next attempt may find a pair that does not match: no service must load that.
    protected override void OnStartOver() => report.Withhold(followUps);

    // Most runs end here and have written nothing, not even a lock file.
    private async Task<Outcome> CheckAsync(CancellationToken cancellationToken)
    {
        store = Keep(await request.Location.OpenAsync(report.WasRead, services.Stores, cancellationToken).ConfigureAwait(false));
        followUps = Keep(new PairFollowUps(services.FollowUps, store.Record, request.Location, request.Actions, request.Served, LockTimeout, services.Logger)
        {
            Publications = Publications,
            Servers = request.ServedBy,
            ServedTimeout = request.ServedTimeout ?? ServerCheck.DefaultTimeout,
        });
        snapshot = Keep(store.TryPeek());
        // Leftovers belong to the run that holds the lock, if there is one; they are checked again under the lock.
        if (store.IsInterrupted)
            return store.IsLocked || await approval.ForRecoveryAsync(cancellationToken).ConfigureAwait(false) ? Outcome.Continue : Finish(report.WouldRecover());
        await EnsureSnapshotAsync(cancellationToken).ConfigureAwait(false);
        if (!request.IsScheduled)
            followUps.Publications?.RequireUsable(snapshot!.Facts, request.KeyAlgorithm ?? snapshot.Facts.KeyAlgorithm);
        var decision = report.Decide(snapshot!.Facts);
        if (followUps.IsServedUnknown)
            report.Serves(ServedCertificate.FromCertificate(Pair.Leaf));
        if (!decision.IsDue)
            return await CheckFollowUpsAsync(decision, cancellationToken).ConfigureAwait(false);
        if (request.Ca.Transport != Transport.Token)
            MachineRoots.Preload(snapshot.FirstCertificate);
        return await approval.ForRenewalAsync(snapshot.Facts, cancellationToken).ConfigureAwait(false) ? Outcome.Continue : Refuse(followUps.IsOpenFor(snapshot));
    }

    private async Task<Outcome> CheckFollowUpsAsync(RenewalDecision decision, CancellationToken cancellationToken)
    {
        var isOpen = followUps.IsOpenFor(snapshot!);
        if (!followUps.HasWorkFor(snapshot!))
            return Finish(report.NotDue(decision, isOpen));
        var isPublished = !followUps.IsOutdatedFor(snapshot!);
        return await approval.ForFollowUpsAsync(isPublished, cancellationToken).ConfigureAwait(false) ? Outcome.Continue : Finish(report.WouldFollowUp(decision, isOpen, isPublished));
    }

    private async Task<Outcome> LockAsync(CancellationToken cancellationToken)
    {
        isUnderLock = true;
        await store.LockAsync(LockTimeout, cancellationToken).ConfigureAwait(false);
        request.Served?.Refresh();
        // The snapshot of the check is used if the pair is still the same.
        if (snapshot is not null && !store.Holds(snapshot.Version))
            snapshot = null;
        return store.IsCurrent(snapshot) ? Outcome.Continue : Outcome.StartOver;
    }

    private async Task<Outcome> RecoverAsync(CancellationToken cancellationToken)
    {
        if (!store.IsInterrupted)
            return Outcome.Continue;
        if (!await approval.ForRecoveryAsync(cancellationToken).ConfigureAwait(false))
            return Finish(report.WouldRecover());
        (snapshot, hadLeftovers) = (null, true);
        report.Recovered(await store.RecoverAsync().ConfigureAwait(false));
        return Outcome.Continue;
    }

    private async Task<Outcome> LoadAsync(CancellationToken cancellationToken)
    {
        await EnsureSnapshotAsync(cancellationToken).ConfigureAwait(false);
        // Leftovers stay next to a pair that does not match. If another process has completed it meanwhile, they can be removed.
        if (hadLeftovers && store.IsInterrupted)
            report.Recovered(await store.RecoverAsync().ConfigureAwait(false));
        return Outcome.Continue;
    }

    private async Task<Outcome> DecideAsync(CancellationToken cancellationToken)
    {
        var decision = report.Decide(snapshot!.Facts);
        if (followUps.IsReplacedByOthers(snapshot.Facts))
            request.Served!.Last!.RequireSuccessor(Pair, request.CertificatePath, services.Clock.GetUtcNow(), mayBeExpired: decision.IsDue, request.Ca, services.Issuer);
        followUps.Load(snapshot);
        report.HandOver(followUps);
        if (!decision.IsDue)
            return followUps.IsOverdue(request.ActionTimeout ?? new ActionHost().Timeout) ? throw ActionErrors.LeftTooLong(request.CertificatePath) : Finish(report.NotDue(decision, followUps.IsOpen));
        return await approval.ForRenewalAsync(snapshot.Facts, cancellationToken).ConfigureAwait(false) ? Outcome.Continue : Refuse(followUps.IsOpen);
    }

    // Everything that can fail is done before the CA issues a certificate.
    private async Task<Outcome> StageAsync()
    {
        if (request.Rekey)
        {
            store.RequireRekeyable(snapshot!, request.FindOthers());
            newKey = Keep(request.KeyAlgorithm is null ? KeyAlgorithms.GenerateLike(Pair.Key) : KeyAlgorithms.Generate(request.KeyAlgorithm));
            store.RequireStorable(newKey);
        }

        report.Found(store.FindHardLinks(newKey is not null));
        replacement = Keep(await store.StageAsync(newKey is not null).ConfigureAwait(false));
        Keep(followUps.Stage());
        return Outcome.Continue;
    }

    private async Task<Outcome> IssueAsync(CancellationToken cancellationToken)
    {
        var wanted = CaRequest.Create(Pair, newKey, request.Ca.Transport == Transport.Token);
        var expected = Expectation.FromCertificate(Pair.Leaf, wanted.Key, mayEndThen: request.Rule.IsForced);
        var options = new IssuerOptions { Ca = request.Ca, RetryTimeout = request.RetryTimeout ?? RenewalSettings.DefaultRetryTimeout, LastClock = request.LastClock, OnAttempt = report.Asked, OnClock = report.SawClock };
        answer = Keep(await services.Issuer.IssueAsync(wanted, expected, options, cancellationToken).ConfigureAwait(false));
        return Outcome.Continue;
    }

    private Task<Outcome> RecheckAsync() => Task.FromResult(HasChanged ? Outcome.StartOver : Outcome.Continue);

    // The record of the follow-ups is on disk before the new pair is: a crash must not lose them.
    private async Task<Outcome> CommitAsync()
    {
        store.RequireLocked();
        followUps.CommitRecord();
        try
        {
            newVersion = await replacement.CommitAsync(answer.WithKey(newKey ?? Pair.Key), snapshot!.Version).ConfigureAwait(false);
        }
        catch
        {
            // If the commit could be neither completed nor undone, the next run completes it, and the follow-ups are open then.
            if (!store.Holds(snapshot!.Version))
                followUps.Confirm();
            report.Withhold(followUps);
            throw;
        }

        if (newVersion is null)
            return Outcome.StartOver;
        followUps.Confirm();
        report.Replaced(answer.Leaf, replacement.LostOwners);
        return Outcome.Continue;
    }

    private async Task<Outcome> DropOldAsync()
    {
        // The actions stay pending until the check has passed: a service must not load a pair that another process has broken.
        report.Withhold(followUps);
        if (!store.Holds(newVersion!))
            (await store.LoadAsync(wasRead: true, _ => { }, CancellationToken.None).ConfigureAwait(false)).Dispose();
        replacement.DropOld();
        // A link can lead to another pair by now; that is the one that the request means.
        return store.IsCurrent(snapshot) ? Outcome.Continue : Outcome.StartOver;
    }

    private Task<Outcome> FollowUpAsync()
    {
        followUps.Renewed(snapshot!, answer.Leaf);
        report.HandOver(followUps);
        return Task.FromResult(Finish(report.Renewed(answer.Leaf, newKey is not null)));
    }

    private KeyedCertificate Pair => snapshot!.Keyed;

    private TimeSpan LockTimeout => request.LockTimeout ?? RenewalSettings.DefaultLockTimeout;

    private PairPublications? Publications =>
        request.Publications.Count == 0 ? null : new(request.Publications, request.Location, LockTimeout, services.Stores, pair => services.Issuer.FindRoot(pair, request.Ca));

    // The names of the user lead elsewhere by now, or the pair has another version.
    private bool HasChanged => !store.IsCurrent(snapshot) || (snapshot is not null && !store.Holds(snapshot.Version));

    private async Task EnsureSnapshotAsync(CancellationToken cancellationToken)
    {
        snapshot ??= Keep(await store.LoadAsync(report.WasRead, report.Loaded, cancellationToken).ConfigureAwait(false));
        report.Loaded(snapshot.Facts);
    }

    // Without a renewal the user is not asked about the actions of an earlier one.
    private Outcome Refuse(bool isPending) => Finish(report.WouldRenew(isPending, store.FindHardLinks(request.Rekey)));
}
