using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Ca;
using StepCaRenew.Certificates;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Policy;
using StepCaRenew.Stores.PemFiles;
using StepCaRenew.Text;

namespace StepCaRenew.Renewal;

/// <summary>Takes down what a run learns, and makes the one result of it.</summary>
internal sealed class RenewalReport(RenewalRequest request, TimeProvider clock)
{
    private readonly long start = clock.GetTimestamp();
    private CertificateValidity? told;
    private RenewalResult result = new()
    {
        Name = CertificateName.FromPath(request.CertificatePath),
        CertificatePath = request.CertificatePath,
        KeyPath = request.KeyPath,
        Status = RenewalStatus.Failed,
        Message = string.Empty,
    };

    /// <summary>Whether this run has read the pair.</summary>
    public bool WasRead => result.SerialNumber is not null;

    /// <summary>Whether this attempt has put a new certificate in its place.</summary>
    public bool IsReplaced { get; set; }

    /// <summary>The files with other names, which the replacement leaves (or would leave) as they are.</summary>
    public IReadOnlyList<HardLinks> HardLinks { get; set; } = [];

    public void Loaded(PairFacts pair) => result = result with
    {
        KeyPath = pair.KeyPath,
        OldSerialNumber = pair.SerialNumber,
        SerialNumber = pair.SerialNumber,
        NotAfter = pair.Validity.NotAfter.LocalDateTime,
        NextRenewal = NextRenewal(pair.Validity),
    };

    /// <summary>Whether this pair was told of before; from now on it was.</summary>
    public bool IsTold(PairFacts pair)
    {
        // Issuer and serial number, of which the spread is a hash, name a certificate.
        var isTold = told == pair.Validity;
        told = pair.Validity;
        return isTold;
    }

    public void Recovered() => result = result with { Changed = true };

    public void Asked() => result = result with { Attempts = result.Attempts + 1 };

    /// <summary>Takes down what was found out about the CA's clock.</summary>
    public void SawClock(CaClock? clock) => result = result with { CaClock = clock ?? result.CaClock };

    public void Replaced(X509Certificate2 leaf)
    {
        IsReplaced = true;
        result = result with
        {
            Changed = true,
            SerialNumber = leaf.SerialNumber,
            NotAfter = leaf.NotAfter,
            NextRenewal = NextRenewal(CertificatePair.ValidityOf(leaf)),
        };
    }

    /// <summary>Takes down what is owed after this run; an earlier run's debt stays owed, whatever becomes of this one.</summary>
    public void Owes(OwedActions? owed) => result = result with { Owed = owed, ActionsPending = owed is not null };

    /// <summary>Takes down that something is pending which this run must not do.</summary>
    public void LeavesPending() => result = result with { Owed = null, ActionsPending = true };

    public RenewalResult NotDue(RenewalDecision decision) =>
        Finish(RenewalStatus.NotDue, $"Not due before {MessageTime.Local(decision.RenewAfter)}, in {Duration.Format(decision.RenewAfter - clock.GetUtcNow())}.");

    public RenewalResult WouldRenew() => Finish(RenewalStatus.WouldRenew, $"Due, and would be renewed; nothing was done.{HardLinkNote}");

    public RenewalResult WouldRecover() => Finish(RenewalStatus.WouldRenew, "An interrupted replacement would be finished or undone; nothing was done.");

    public RenewalResult Renewed(bool withNewKey) => Finish(RenewalStatus.Renewed, $"Renewed{(withNewKey ? " with a new key" : string.Empty)}; valid until {MessageTime.Local(result.NotAfter)}.{HardLinkNote}");

    // If only the actions are overdue, there was nothing to renew.
    public RenewalResult Failed(RenewalException e) => Finish(e.ErrorId == ErrorId.ActionFailed ? RenewalStatus.NotDue : RenewalStatus.Failed, e.Message) with { ErrorId = e.ErrorId };

    private string HardLinkNote => string.Concat(HardLinks.Select(file => $" {file.Sentence}"));

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
            // The decision says so; what was found, or written, is so all the same.
            return null;
        }
    }

    private RenewalResult Finish(string status, string message) =>
        result with { Status = status, Message = message, DurationMs = (long)clock.GetElapsedTime(start).TotalMilliseconds };
}
