using Microsoft.Extensions.Logging;
using StepCaRenew.FileSystem;
using StepCaRenew.Logging;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.FollowUps.Actions;

/// <summary>
/// The record of what one replacement will owe. Staged before the CA is asked, so that a full disk costs no certificate;
/// in its place before the exchange, so that no crash after it can forget an action.
/// </summary>
internal sealed class PendingNote : IDisposable
{
    private readonly PendingFile file;
    private readonly PairPaths paths;
    private readonly ILogger logger;
    private readonly bool wasRecorded;
    private readonly bool isMissing;
    private bool isInPlace;
    private bool isKept;

    public PendingNote(PendingFile file, PairPaths paths, IReadOnlyList<PendingEntry> entries, bool wasRecorded, ILogger logger)
    {
        (this.file, this.paths, Entries, this.wasRecorded, this.logger) = (file, paths, entries, wasRecorded, logger);
        if (entries.Count == 0)
            return;
        try
        {
            file.Stage(entries);
        }
        // A registered renewal keeps its record in its state folder. That one that is missing or full must not stop a renewal:
        // the actions run with this run, and only a crash before that would forget them.
        catch (Exception e) when (paths.RecordFolder is not null && (e is IOException or UnauthorizedAccessException or RenewalException))
        {
            file.Unstage();
            isMissing = true;
            ActionLog.PendingNotChanged(logger, paths.Pending, e.Message);
        }
        catch (Exception e)
        {
            file.Unstage();
            throw e is IOException or UnauthorizedAccessException ? WriteErrors.Map(e, paths.Certificate) : e;
        }
    }

    /// <summary>What will be owed.</summary>
    public IReadOnlyList<PendingEntry> Entries { get; }

    /// <summary>Puts it on disk; what hinders that (a folder in its place, say) must not stop a renewal.</summary>
    public void Put()
    {
        if (Entries.Count == 0 || isMissing)
            return;
        try
        {
            file.Put();
            isInPlace = true;
            ActionLog.Noted(logger, Entries.Count, paths.Certificate);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file.Unstage();
            ActionLog.PendingNotChanged(logger, paths.Pending, e.Message);
        }
    }

    /// <summary>Lets it stand: the certificate has been replaced.</summary>
    public void Keep() => isKept = true;

    /// <summary>Takes back what is not owed; an entry that stays behind says by its serial number that it is not.</summary>
    public void Dispose()
    {
        if (isKept || Entries.Count == 0)
            return;
        file.Unstage();
        if (!isInPlace || wasRecorded)
            return;
        try
        {
            file.Delete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ActionLog.PendingNotChanged(logger, paths.Pending, e.Message);
        }
    }
}
