using Microsoft.Extensions.Logging;
using StepCaRenew.Logging;
using StepCaRenew.Stores;

namespace StepCaRenew.FollowUps;

/// <summary>A pair's <see cref="FollowUpRecord"/> in its place. It is replaced as a whole, flushed, and deleted when no follow-up is open.</summary>
internal sealed class FollowUpFile(IPairRecord place, ILogger logger) : IDisposable
{
    private bool isStaged;
    private bool isNew;

    /// <summary>Whether the file exists.</summary>
    public bool Exists => place.Exists;

    /// <summary>Reads the record; null if it is missing, damaged, or not a regular file.</summary>
    public FollowUpRecord? Read() => place.Read() is { } bytes ? FollowUpRecord.Parse(bytes) : null;

    /// <summary>Replaces the record; deletes it if there is none.</summary>
    public void Write(FollowUpRecord? record)
    {
        if (record is null)
        {
            Delete();
            return;
        }

        try
        {
            Stage(record);
            Commit();
            isNew = false;
        }
        catch
        {
            // A staged record that stays would look like an interrupted replacement of the pair.
            Unstage();
            throw;
        }
    }

    /// <summary>Writes the record next to its place.</summary>
    public void Stage(FollowUpRecord record)
    {
        isStaged = true;
        place.Stage(record.Render());
    }

    /// <summary>Moves a staged record to its place, and flushes the folder.</summary>
    /// <returns>False if no record is staged.</returns>
    public bool Commit()
    {
        if (!isStaged)
            return false;
        place.Commit();
        (isStaged, isNew) = (false, true);
        place.Flush();
        return true;
    }

    /// <summary>Keeps the committed record.</summary>
    public void Keep() => isNew = false;

    /// <summary>Deletes the staged record, and a committed one that is not to be kept.</summary>
    public void Dispose()
    {
        try
        {
            Unstage();
            if (isNew)
                Delete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ActionLog.PendingNotChanged(logger, place.Path, e.Message);
        }
    }

    /// <summary>Deletes the staged record.</summary>
    public void Unstage()
    {
        if (isStaged)
            place.Unstage();
        isStaged = false;
    }

    /// <summary>Deletes the record, or a link in its place.</summary>
    public void Delete()
    {
        isNew = false;
        if (!Exists)
            return;
        place.Delete();
        place.Flush();
    }
}
