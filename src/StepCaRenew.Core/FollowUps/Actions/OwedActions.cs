using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates;
using StepCaRenew.Policy;
using StepCaRenew.Renewal;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.FollowUps.Actions;

/// <summary>What one certificate's run leaves to be done after the last certificate.</summary>
/// <param name="Paths">The pair.</param>
/// <param name="Entries">The actions, by hash.</param>
/// <param name="Subject">What they are told.</param>
/// <param name="LockTimeout">How long to wait for the pair's lock, to write down what was done.</param>
internal sealed record OwedActions(PairPaths Paths, IReadOnlyList<PendingEntry> Entries, ActionSubject Subject, TimeSpan LockTimeout)
{
    /// <summary>Whether an action is among them.</summary>
    public bool Include(ActionDefinition action) => Entries.Any(entry => entry.Hash == action.Hash);

    /// <summary>Whether an action is owed since an earlier renewal.</summary>
    public bool IsRetried(ActionDefinition action) =>
        Entries.Any(entry => entry.Hash == action.Hash && (Subject.OldThumbprint is null || entry.SerialNumber != Subject.OldSerialNumber));

    /// <summary>What a run owes; null where there is nothing.</summary>
    /// <param name="request">The request.</param>
    /// <param name="paths">The pair.</param>
    /// <param name="pair">The pair as it was loaded.</param>
    /// <param name="entries">The actions.</param>
    /// <param name="renewed">The new certificate; null where only what an earlier run left is owed.</param>
    public static OwedActions? Of(RenewalRequest request, PairPaths paths, CertificatePair pair, IReadOnlyList<PendingEntry> entries, X509Certificate2? renewed)
    {
        if (entries.Count == 0)
            return null;
        var leaf = renewed ?? pair.Leaf;
        var subject = new ActionSubject(
            CertificateName.FromPath(request.CertificatePath), request.CertificatePath, pair.KeyPath,
            renewed is null ? entries[0].SerialNumber : pair.Leaf.SerialNumber, leaf.SerialNumber,
            renewed is null ? null : pair.Leaf.Thumbprint, leaf.Thumbprint, CertificateValidity.FromCertificate(leaf).NotAfter);
        return new OwedActions(paths, entries, subject, request.LockTimeout ?? RenewalSettings.DefaultLockTimeout);
    }
}
