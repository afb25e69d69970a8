using System.Security.Cryptography.X509Certificates;
using StepCaRenew.FileSystem;
using StepCaRenew.Logging;
using StepCaRenew.Stores;

namespace StepCaRenew.FollowUps;

/// <summary>The methods that a run calls around the replacement of the pair, under its lock.</summary>
internal sealed partial class PairFollowUps
{
    /// <summary>Writes the record of the coming replacement next to its place, before the CA is asked: a full disk costs no certificate then.</summary>
    /// <returns>Withdraws the record if nothing is replaced; to be disposed under the lock of the pair.</returns>
    /// <exception cref="RenewalException">The record cannot be written; nothing was changed.</exception>
    public IDisposable Stage()
    {
        next = record ?? (HasAny ? new FollowUpRecord(Subject.SerialNumber, runner.Clock.GetUtcNow()) { ReplacedThumbprint = Subject.Thumbprint, IsForPublications = !HasActionsOrServers } : null);
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
                ActionLog.Noted(logger, actions.Count + (publications?.Count ?? 0) + Servers.Count, location.CertificatePath);
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
        (record, Served, isPublished) = (next, null, publications is null);
    }

    /// <summary>The renewal is complete.</summary>
    public void Renewed(PairSnapshot old, X509Certificate2 leaf)
    {
        Subject = Describe(old, old.Facts.SerialNumber, isRenewed: true, leaf);
        if (record is null)
            Served = present;
    }
}
