using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using StepCaRenew.Accounts;
using StepCaRenew.Ca;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Certificates;
using StepCaRenew.FollowUps;
using StepCaRenew.Logging;
using StepCaRenew.Policy;
using StepCaRenew.Stores;
using StepCaRenew.Stores.PemFiles;
using StepCaRenew.Text;

namespace StepCaRenew.Renewal;

/// <summary>Collects and logs what a run finds out, and makes its result.</summary>
internal sealed class RenewalReport(RenewalRequest request, TimeProvider clock, ILogger logger)
{
    private readonly long start = clock.GetTimestamp();
    private CertificateValidity? logged;
    private CertificateValidity? validity;
    private IReadOnlyList<string> hardLinks = [];
    private string reason = string.Empty;
    private RenewalResult result = new()
    {
        Name = CertificateName.FromPath(request.CertificatePath),
        CertificatePath = request.CertificatePath,
        KeyPath = request.KeyPath,
        Status = RenewalStatus.Failed,
        Message = string.Empty,
    };

    /// <summary>Whether this run has read the pair.</summary>
    public bool WasRead => SerialNumber is not null;

    /// <summary>The serial number of the certificate in place; null before it was read.</summary>
    private string? SerialNumber => result.SerialNumber;

    public void Loaded(PairFacts pair)
    {
        validity = pair.Validity;
        result = result with
        {
            KeyPath = pair.KeyPath,
            OldSerialNumber = pair.SerialNumber,
            SerialNumber = pair.SerialNumber,
            NotAfter = pair.Validity.NotAfter.LocalDateTime,
            NextRenewal = NextRenewal(pair.Validity),
        };
    }

    /// <summary>Decides whether a certificate is due, and logs it once per certificate.</summary>
    /// <exception cref="RenewalException">The rule does not fit the lifetime of the certificate.</exception>
    public RenewalDecision Decide(PairFacts pair)
    {
        var now = clock.GetUtcNow();
        var decision = RenewalPolicy.Decide(pair.Validity, request.Rule, now);
        reason = decision.RenewAfter > now ? "because of -Force" : $"due since {MessageTime.Local(decision.RenewAfter)}";
        // The validity identifies the certificate: its spread is a hash of issuer and serial number.
        if (logged == pair.Validity)
            return decision;
        logged = pair.Validity;
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

    /// <summary>Records the files to be replaced that have other hard links, which keep the old content.</summary>
    public void Found(IReadOnlyList<string> links) => hardLinks = links;

    public void Recovered(bool hasReplaced) => result = result with { Changed = result.Changed || hasReplaced };

    public void Asked(Transport transport) => result = result with { Attempts = result.Attempts + 1, Transport = transport.ToString() };

    /// <summary>Records the difference to the CA's clock, if it was found out.</summary>
    public void SawClock(CaClock? clock) => CaClock = clock ?? CaClock;

    /// <summary>Records the replacement, and warns of hard links and of files that did not keep their owner.</summary>
    public void Replaced(X509Certificate2 leaf, IEnumerable<(string Path, string Owner)> lostOwners)
    {
        validity = CertificateValidity.FromCertificate(leaf);
        result = result with
        {
            Changed = true,
            SerialNumber = leaf.SerialNumber,
            NotAfter = leaf.NotAfter,
            NextRenewal = NextRenewal(validity),
        };
        WarnOfHardLinks();
        foreach (var (path, owner) in lostOwners)
            RenewalLog.OwnerNotKept(logger, path, owner, CurrentUser.Name);
    }

    /// <summary>The follow-ups for the runner of the call; null if this run has none to run.</summary>
    public PairFollowUps? FollowUps { get; private set; }

    /// <summary>Of a registered renewal: the certificate for which no follow-up is open any more.</summary>
    public ServedCertificate? Served { get; private set; }

    /// <summary>The difference to the CA's clock, if it was found out.</summary>
    public CaClock? CaClock { get; private set; }

    /// <summary>Hands open follow-ups to the runner, unless another run is running them. This can be called again after the renewal.</summary>
    public void HandOver(PairFollowUps followUps)
    {
        Withhold(followUps);
        if (!followUps.IsOpen || followUps.IsLeftToAnother || !followUps.HasOpen)
            return;
        FollowUps = followUps;
        followUps.IsHandedOver = true;
    }

    /// <summary>Leaves open follow-ups to a later run.</summary>
    public void Withhold(PairFollowUps followUps)
    {
        if (FollowUps is { } earlier)
        {
            earlier.IsHandedOver = false;
            if (earlier != followUps)
                earlier.Release();
        }

        (FollowUps, Served) = (null, followUps.Served);
        result = result with { ActionsPending = followUps.IsOpen };
    }

    /// <summary>The first run after a registration or an update finds the certificate that the services use.</summary>
    public void Serves(ServedCertificate certificate) => Served = certificate;

    /// <summary>The outcome with a result of this report.</summary>
    public RenewalOutcome ToOutcome(RenewalResult finished, RenewalException? error) => new(finished, error) { CertificatePath = request.CertificatePath, FollowUps = FollowUps, Served = Served, Validity = validity, CaClock = CaClock };

    public RenewalResult NotDue(RenewalDecision decision, bool isPending)
    {
        result = result with { ActionsPending = isPending };
        return Finish(RenewalStatus.NotDue, $"Not due before {MessageTime.Local(decision.RenewAfter)}, in {Duration.Format(decision.RenewAfter - clock.GetUtcNow())}.");
    }

    public RenewalResult WouldRenew(bool isPending, IReadOnlyList<string> links)
    {
        (hardLinks, result) = (links, result with { ActionsPending = isPending });
        WarnOfHardLinks();
        return Finish(RenewalStatus.WouldRenew, $"Due, and would be renewed; nothing was done.{HardLinkNote}") with
        {
            Planned = TextList.FromSentences([$"Renew the certificate{(request.Rekey ? " with a new key" : string.Empty)}: {reason}.", .. Publishing, .. Acting]),
        };
    }

    /// <summary>The result of a certificate that is not due, but whose follow-ups would be run.</summary>
    /// <param name="isPublished">Whether only actions are pending.</param>
    public RenewalResult WouldFollowUp(RenewalDecision decision, bool isPending, bool isPublished) =>
        NotDue(decision, isPending) with { Planned = TextList.FromSentences([.. isPublished ? [] : Publishing, .. Acting]) };

    public RenewalResult WouldRecover() => Finish(RenewalStatus.WouldRenew, "An interrupted replacement would be completed or undone; nothing was done.") with
    {
        Planned = TextList.FromSentences(["Complete or undo an interrupted replacement."]),
    };

    public RenewalResult Renewed(X509Certificate2 leaf, bool withNewKey)
    {
        RenewalLog.Renewed(logger, request.CertificatePath, leaf.SerialNumber, leaf.NotAfter);
        return Finish(RenewalStatus.Renewed, $"Renewed{(withNewKey ? " with a new key" : string.Empty)}; valid until {MessageTime.Local(result.NotAfter)}.{HardLinkNote}");
    }

    /// <summary>
    /// The error to report: if another program has replaced the certificate of a registered renewal, a pair that does not match is
    /// its fault. The command that repairs such a pair names the CA of the renewal.
    /// </summary>
    public RenewalException Explain(RenewalException e, CertificateIssuer issuer)
    {
        var error = e.Repair is not null && issuer.TryFindCa(request.Ca) is { } ca ? KeyRepair.ForCa(e, ca.Address, ca.RootPath, request.KeyPasswordFile) : e;
        return error.ErrorId == ErrorId.KeyMismatch && request.Served?.Last is { } served && served.SerialNumber != SerialNumber
            ? ServedCertificate.Foreign(request.CertificatePath, "does not match the key", error)
            : error;
    }

    // With only follow-ups overdue, the certificate itself is not due.
    public RenewalResult Failed(RenewalException e) => Finish(e.ErrorId == ErrorId.ActionFailed ? RenewalStatus.NotDue : RenewalStatus.Failed, e.Message) with { ErrorId = e.ErrorId };

    private IEnumerable<string> Publishing => request.Publications.Select(publication => $"Publish the certificate to '{publication.Path}'.");

    // Without arguments, which can be secret.
    private IEnumerable<string> Acting => request.Actions.Select(action => $"Run the {action.Description}.").Concat(request.ServedBy.Select(server => $"Check that {server.Text} serves the certificate."));

    private string HardLinkNote => string.Concat(hardLinks.Select(sentence => $" {sentence}"));

    private void WarnOfHardLinks()
    {
        foreach (var sentence in hardLinks)
            RenewalLog.HardLinked(logger, sentence);
    }

    // To the second, like the validity itself.
    private DateTime? NextRenewal(CertificateValidity validity)
    {
        try
        {
            var due = RenewalPolicy.DueTime(validity, request.Rule).LocalDateTime;
            return due.AddTicks(-(due.Ticks % TimeSpan.TicksPerSecond));
        }
        catch (RenewalException e) when (e.ErrorId == ErrorId.ExpiresInTooLong)
        {
            // The decision reports it; the certificate is recorded anyway.
            return null;
        }
    }

    private RenewalResult Finish(string status, string message) =>
        result with { Status = status, Message = message, DurationMs = (long)clock.GetElapsedTime(start).TotalMilliseconds };
}
