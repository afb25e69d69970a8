using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using StepCaRenew.Certificates;
using StepCaRenew.FileSystem;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Logging;
using StepCaRenew.Policy;
using StepCaRenew.Stores;

namespace StepCaRenew.FollowUps;

/// <summary>
/// The follow-ups of one pair in one run: those that are open, and their record on disk. A run uses it under the lock of the
/// pair, and then hands it to the <see cref="FollowUpRunner"/>.
/// </summary>
internal sealed partial class PairFollowUps : IDisposable
{
    // Clocks are set back, though not by much.
    private static readonly TimeSpan Leeway = TimeSpan.FromMinutes(5);

    private readonly FollowUpRunner runner;
    private readonly IPairRecord place;
    private readonly PairLocation location;
    private readonly IReadOnlyList<ActionDefinition> actions;
    private readonly ServedPlace? served;
    private readonly TimeSpan lockTimeout;
    private readonly ILogger logger;
    private readonly FollowUpFile file;
    private FollowUpRecord? record;
    private FollowUpRecord? next;
    private ServedCertificate? present;
    private IDisposable? acting;

    // Served: if another program has replaced it since, the follow-ups are open.
    public PairFollowUps(
        FollowUpRunner runner, IPairRecord place, PairLocation location, IReadOnlyList<ActionDefinition> actions, ServedPlace? served, TimeSpan lockTimeout, ILogger logger)
    {
        (this.runner, this.place, this.location, this.actions, this.served, this.lockTimeout, this.logger) = (runner, place, location, actions, served, lockTimeout, logger);
        file = new FollowUpFile(place, logger);
    }

    /// <summary>Whether there is a record on disk.</summary>
    public bool IsRecorded => file.Exists;

    /// <summary>Whether a registered renewal has not recorded yet which certificate the services use: the first run after an update.</summary>
    public bool IsServedUnknown => IsRegistered && served?.Last is null && !IsRecorded;

    /// <summary>Whether follow-ups are open, for this run or another one.</summary>
    public bool IsOpen => record is not null;

    /// <summary>Whether another run is running the follow-ups of the pair. Then this one does not.</summary>
    public bool IsLeftToAnother { get; private set; }

    /// <summary>The actions of this run that are open. No service loads an expired certificate of another program: it is renewed first.</summary>
    public IReadOnlyList<ActionDefinition> Open =>
        record is not { } open || (IsReplacedByOthers(Subject.SerialNumber) && Subject.NotAfter <= runner.Clock.GetUtcNow()) ? []
        : [.. actions.Where(action => !open.IsDone(action, Subject.SerialNumber))];

    /// <summary>Whether an earlier run already tried the actions, or was ended before it could.</summary>
    public bool IsRetry { get; private set; }

    /// <summary>The renewal that the actions follow.</summary>
    public ActionSubject Subject { get; private set; } = null!;

    /// <summary>Of a registered renewal: the certificate in place, if no follow-up is open for it.</summary>
    public ServedCertificate? Served { get; private set; }

    /// <summary>The first action that failed; its message begins with the action.</summary>
    public RenewalException? Failure { get; private set; }

    /// <summary>The path of the record, which identifies the pair.</summary>
    public string RecordPath => place.Path;

    /// <summary>Whether the runner has it; then the end of the attempt does not release the pair.</summary>
    public bool IsHandedOver { get; set; }

    // The actions of a registered renewal are all in its definition. A call by path may bring only some of them.
    private bool IsRegistered => location.RecordFolder is not null;

    /// <summary>Of a registered renewal: whether another program has replaced the certificate that was last served.</summary>
    public bool IsReplacedByOthers(PairFacts present) => IsReplacedByOthers(present.SerialNumber);

    /// <summary>Whether follow-ups are open for a certificate that is not due. Nothing is changed.</summary>
    public bool IsOpenFor(PairFacts present) => IsReplacedByOthers(present) || (IsRecorded && Read().IsOpenFor(present.SerialNumber));

    /// <summary>Whether this run may have follow-ups to run for a certificate that is not due. A run that brings no actions leaves the record.</summary>
    public bool HasWorkFor(PairFacts present) => IsReplacedByOthers(present) || ((actions.Count > 0 || IsRegistered) && IsRecorded);

    /// <summary>Finds the follow-ups that are open for the certificate in place.</summary>
    /// <param name="pair">The pair.</param>
    public void Load(PairSnapshot pair)
    {
        var leaf = pair.Keyed.Leaf;
        var serial = leaf.SerialNumber;
        var (isRecorded, isReplacedByOthers) = (IsRecorded, IsReplacedByOthers(serial));
        if (isRecorded || isReplacedByOthers || actions.Count > 0)
            IsLeftToAnother = (acting ??= runner.Locks.TryTake(place, location.CertificatePath, logger)) is null;
        record = isRecorded && Read() is { } found && found.IsOpenFor(serial) ? found : null;
        IsRetry = record is not null;
        if (record is null && isReplacedByOthers)
            Reopen(served!.Last!.SerialNumber);
        Subject = Describe(pair, record?.OldSerialNumber ?? serial, isRenewed: false, leaf);
        if (record is not null && IsRegistered && !IsLeftToAnother && IsComplete(record))
            record = null;
        if (record is null && !IsLeftToAnother)
            Try(file.Delete);
        if (record is null)
            Served = present;
        else if (IsRetry && !IsLeftToAnother && Open.Count > 0)
            ActionLog.Retried(logger, Open.Count, location.CertificatePath);
        WarnOfStoppedServices();
    }

    /// <summary>
    /// Whether another run has held the open actions for longer than the sum of their time limits: it hangs, or somebody
    /// holds the lock to suppress them.
    /// </summary>
    /// <param name="timeout">The time limit of an action that does not set one.</param>
    public bool IsOverdue(TimeSpan timeout)
    {
        if (!IsLeftToAnother || record is null)
            return false;
        var age = runner.Clock.GetUtcNow() - record.Since;
        // A forged time in the future must not put this off for ever.
        return age < -Leeway || age > Open.Aggregate(TimeSpan.Zero, (sum, action) => sum + (action.Timeout ?? timeout));
    }

    /// <summary>Writes the record of the coming replacement next to its place, before the CA is asked: a full disk costs no certificate then.</summary>
    /// <returns>Withdraws the record if nothing is replaced; to be disposed under the lock of the pair.</returns>
    /// <exception cref="RenewalException">The record cannot be written; nothing was changed.</exception>
    public IDisposable Stage()
    {
        next = record ?? (actions.Count > 0 ? new FollowUpRecord(Subject.SerialNumber, runner.Clock.GetUtcNow()) : null);
        // A record of an earlier replacement is open for the new certificate too.
        if (next is null || (record is not null && file.Exists))
            return file;
        try
        {
            file.Stage(next);
        }
        // A state folder that is missing or full must not stop the renewal: the actions still run in this run.
        catch (Exception e) when (IsRegistered && e is IOException or UnauthorizedAccessException or RenewalException)
        {
            file.Unstage();
            ActionLog.PendingNotChanged(logger, place.Path, e.Message);
        }
        catch (Exception e)
        {
            file.Unstage();
            throw e is IOException or UnauthorizedAccessException ? WriteErrors.Map(e, location.CertificatePath) : e;
        }

        return file;
    }

    /// <summary>Moves the record to its place, before the replacement: a crash must not lose the follow-ups. A failure does not stop the renewal.</summary>
    public void CommitRecord()
    {
        try
        {
            if (file.Commit())
                ActionLog.Noted(logger, actions.Count, location.CertificatePath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file.Unstage();
            ActionLog.PendingNotChanged(logger, place.Path, e.Message);
        }
    }

    /// <summary>The pair was replaced, or is half replaced and the next run completes it: the follow-ups are open.</summary>
    public void Confirm()
    {
        file.Keep();
        (record, Served) = (next, null);
    }

    /// <summary>The renewal is complete.</summary>
    public void Renewed(PairSnapshot old, X509Certificate2 leaf)
    {
        Subject = Describe(old, old.Facts.SerialNumber, isRenewed: true, leaf);
        if (record is null)
            Served = present;
    }

    /// <summary>Ends the attempt.</summary>
    public void Dispose()
    {
        if (!IsHandedOver)
            Release();
    }

    private bool IsReplacedByOthers(string serialNumber) => served?.Last is { } last && last.SerialNumber != serialNumber;

    private bool IsComplete(FollowUpRecord candidate) =>
        candidate.Stopped.Count == 0 && actions.All(action => candidate.IsDone(action, Subject.SerialNumber));

    private void Reopen(string replaced)
    {
        ActionLog.ReplacedByOthers(logger, location.CertificatePath);
        record = new FollowUpRecord(replaced, runner.Clock.GetUtcNow());
        if (actions.Count > 0)
            Try(() => file.Write(record));
    }

    private ActionSubject Describe(PairSnapshot pair, string replaced, bool isRenewed, X509Certificate2 leaf)
    {
        if (IsRegistered)
            present = ServedCertificate.FromCertificate(leaf);
        return new ActionSubject(
            CertificateName.FromPath(location.CertificatePath), location.CertificatePath, pair.Facts.KeyPath, replaced, leaf.SerialNumber,
            isRenewed ? pair.Keyed.Leaf.Thumbprint : null, leaf.Thumbprint, CertificateValidity.FromCertificate(leaf).NotAfter);
    }

    // A damaged record may be of any action, so all of them are open.
    private FollowUpRecord Read()
    {
        FollowUpRecord? found = null;
        Try(() => found = file.Read());
        if (found is not null)
            return found;
        ActionLog.PendingDamaged(logger, place.Path);
        return FollowUpRecord.Damaged;
    }

    // Only the action knows the name of the service, so the entry stays until the action comes again.
    private void WarnOfStoppedServices()
    {
        foreach (var action in record?.Stopped.Keys ?? [])
        {
            if (!IsLeftToAnother && !actions.Any(mine => mine.Hash == action))
                ActionLog.ServiceLeftStopped(logger, location.CertificatePath, record!.Since, place.Path);
        }
    }

    // The record must not stop a renewal.
    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or RenewalException)
        {
            ActionLog.PendingNotChanged(logger, place.Path, e.Message);
        }
    }
}
