using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using StepCaRenew.Certificates;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.FollowUps.Publications;
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

    // For all publications of a pair: they wait for files that are open on Windows, and for slow volumes.
    private static readonly TimeSpan PublicationTime = TimeSpan.FromMinutes(1);

    private readonly FollowUpRunner runner;
    private readonly IPairRecord place;
    private readonly PairLocation location;
    private readonly IReadOnlyList<ActionDefinition> actions;
    private readonly ServedPlace? served;
    private readonly TimeSpan lockTimeout;
    private readonly ILogger logger;
    private readonly FollowUpFile file;
    private readonly PairPublications? publications;
    private FollowUpRecord? record;
    private FollowUpRecord? next;
    private ServedCertificate? present;
    private IDisposable? acting;
    private bool isPublished = true;
    private (PairSnapshot Pair, bool IsPublished)? seen;

    // Served: if another program has replaced it since, the follow-ups are open.
    public PairFollowUps(
        FollowUpRunner runner, IPairRecord place, PairLocation location, IReadOnlyList<ActionDefinition> actions, ServedPlace? served, TimeSpan lockTimeout, ILogger logger)
    {
        (this.runner, this.place, this.location, this.actions, this.served, this.lockTimeout, this.logger) = (runner, place, location, actions, served, lockTimeout, logger);
        file = new FollowUpFile(place, logger);
    }

    /// <summary>The publications of the pair, which come before the actions; null if there are none.</summary>
    public PairPublications? Publications
    {
        get => publications;
        init => publications = value;
    }

    /// <summary>Whether there is a record on disk.</summary>
    public bool IsRecorded => file.Exists;

    /// <summary>Whether a registered renewal has not recorded yet which certificate the services use: the first run after an update.</summary>
    public bool IsServedUnknown => IsRegistered && served?.Last is null && !IsRecorded;

    /// <summary>Whether follow-ups are open, for this run or another one.</summary>
    public bool IsOpen => record is not null;

    /// <summary>Whether another run is running the follow-ups of the pair. Then this one does not.</summary>
    public bool IsLeftToAnother { get; private set; }

    /// <summary>Whether the publications of this run are not all forms of the pair.</summary>
    public bool IsOutdatedFor(PairSnapshot present) => !IsPublishedFor(present);

    /// <summary>Whether this run has files of publications to write.</summary>
    public bool MustPublish => !isPublished && IsOpen && !IsExpired;

    /// <summary>The actions of this run that are open. They wait for the publications: a service must not load an old form of the pair.</summary>
    public IReadOnlyList<ActionDefinition> Open => isPublished && !IsExpired ? Undone : [];

    /// <summary>Whether an earlier run already tried the actions, or was ended before it could.</summary>
    public bool IsRetry { get; private set; }

    /// <summary>The renewal that the actions follow.</summary>
    public ActionSubject Subject { get; private set; } = null!;

    /// <summary>Of a registered renewal: the certificate in place, if no follow-up is open for it.</summary>
    public ServedCertificate? Served { get; private set; }

    /// <summary>The first publication or action that failed; its message begins with it.</summary>
    public RenewalException? Failure { get; private set; }

    /// <summary>The path of the record, which identifies the pair.</summary>
    public string RecordPath => place.Path;

    /// <summary>Whether the runner has it; then the end of the attempt does not release the pair.</summary>
    public bool IsHandedOver { get; set; }

    // The actions of a registered renewal are all in its definition. A call by path may bring only some of them.
    private bool IsRegistered => location.RecordFolder is not null;

    private IReadOnlyList<ActionDefinition> Undone => record is { } open ? [.. actions.Where(action => !open.IsDone(action, Subject.SerialNumber))] : [];

    // No service loads an expired certificate of another program: it is renewed first.
    private bool IsExpired => IsReplacedByOthers(Subject.SerialNumber) && Subject.NotAfter <= runner.Clock.GetUtcNow();

    /// <summary>Of a registered renewal: whether another program has replaced the certificate that was last served.</summary>
    public bool IsReplacedByOthers(PairFacts present) => IsReplacedByOthers(present.SerialNumber);

    /// <summary>Whether follow-ups are open for a certificate that is not due. Nothing is changed.</summary>
    public bool IsOpenFor(PairSnapshot present) => IsOutdatedFor(present) || IsReplacedByOthers(present.Facts) || (IsRecorded && Read().IsOpenFor(present.Facts.SerialNumber));

    /// <summary>Whether this run may have follow-ups to run for a certificate that is not due. A run that brings none leaves the record.</summary>
    public bool HasWorkFor(PairSnapshot present) => IsReplacedByOthers(present.Facts) || ((HasAny || IsRegistered) && IsRecorded) || IsOutdatedFor(present);

    /// <summary>Finds the follow-ups that are open for the certificate in place.</summary>
    /// <param name="pair">The pair.</param>
    public void Load(PairSnapshot pair)
    {
        var leaf = pair.Keyed.Leaf;
        var serial = leaf.SerialNumber;
        var (isRecorded, isReplacedByOthers) = (IsRecorded, IsReplacedByOthers(serial));
        isPublished = publications?.AreCurrent(pair.Keyed) ?? true;
        if (isRecorded || isReplacedByOthers || HasAny)
            IsLeftToAnother = (acting ??= runner.Locks.TryTake(place, location.CertificatePath, logger)) is null;
        record = isRecorded && Read() is { } found && found.IsOpenFor(serial) ? found : null;
        IsRetry = record is not null;
        if (record is null && isReplacedByOthers)
            Reopen(served!.Last!.SerialNumber);
        else if (!isPublished && record is not { Done: [] })
            Reopen(record ?? FollowUpRecord.ForAny(runner.Clock.GetUtcNow()));
        Subject = Describe(pair, record?.OldSerialNumber ?? serial, isRenewed: false, leaf);
        if (record is not null && (IsRegistered || record.IsForPublications) && !IsLeftToAnother && IsComplete(record))
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
        var limit = (publications is null ? TimeSpan.Zero : PublicationTime) + (UnaskedServers.Count > 0 ? ServedTimeout : TimeSpan.Zero);
        return age < -Leeway || age > Undone.Aggregate(limit, (sum, action) => sum + (action.Timeout ?? timeout));
    }

    /// <summary>Ends the attempt.</summary>
    public void Dispose()
    {
        if (!IsHandedOver)
            Release();
    }

    // Asked twice for one snapshot: for the decision, and for the result.
    private bool IsPublishedFor(PairSnapshot pair)
    {
        if (publications is null)
            return true;
        if (seen?.Pair != pair)
            seen = (pair, publications.AreCurrent(pair.Keyed));
        return seen.Value.IsPublished;
    }

    private bool IsReplacedByOthers(string serialNumber) => served?.Last is { } last && last.SerialNumber != serialNumber;

    private bool IsComplete(FollowUpRecord candidate) =>
        isPublished && candidate.Stopped.Count == 0
        && actions.All(action => candidate.IsDone(action, Subject.SerialNumber)) && Servers.All(server => candidate.IsDone(HashOf(server), Subject.SerialNumber));

    private void Reopen(string replaced)
    {
        ActionLog.ReplacedByOthers(logger, location.CertificatePath);
        record = new FollowUpRecord(replaced, runner.Clock.GetUtcNow()) { IsForPublications = !HasActionsOrServers };
        if (HasAny)
            Try(() => file.Write(record));
    }

    // After a form of the pair is written again, its readers must load it, whatever was done before.
    private void Reopen(FollowUpRecord earlier)
    {
        record = earlier with { DoneFor = null, Done = [], IsForPublications = !HasActionsOrServers && earlier.IsForPublications };
        if (!IsLeftToAnother)
            Try(() => file.Write(record));
    }

    private ActionSubject Describe(PairSnapshot pair, string replaced, bool isRenewed, X509Certificate2 leaf)
    {
        if (IsRegistered)
            present = ServedCertificate.FromCertificate(leaf);
        dnsNames = SubjectAlternativeNames.FromCertificate(leaf).DnsNames;
        return new ActionSubject(
            CertificateName.FromPath(location.CertificatePath), location.CertificatePath, pair.Facts.KeyPath, replaced, leaf.SerialNumber,
            isRenewed ? pair.Keyed.Leaf.Thumbprint : record?.ReplacedThumbprint, leaf.Thumbprint, CertificateValidity.FromCertificate(leaf).NotAfter);
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
