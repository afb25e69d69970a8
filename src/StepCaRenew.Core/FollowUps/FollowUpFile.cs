using Microsoft.Extensions.Logging;
using StepCaRenew.Certificates;
using StepCaRenew.FileSystem;
using StepCaRenew.Logging;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.FollowUps;

/// <summary>The file of a pair's <see cref="FollowUpRecord"/>. It is replaced as a whole, flushed, and deleted when no follow-up is open.</summary>
internal sealed class FollowUpFile(IVolume volume, PairPaths paths, TimeProvider clock, ILogger logger) : IDisposable
{
    private readonly SharingRetry retry = new(clock);
    private bool isStaged;
    private bool isNew;

    /// <summary>Whether the file exists.</summary>
    public bool Exists => volume.Exists(paths.Pending);

    /// <summary>Reads the record; null if it is missing, damaged, or not a regular file.</summary>
    public FollowUpRecord? Read() => volume.Read(paths.Pending) is { } bytes ? FollowUpRecord.Parse(bytes) : null;

    /// <summary>The serial number of the certificate in place; null if there is none.</summary>
    /// <exception cref="RenewalException">The certificate cannot be read.</exception>
    public string? ReadSerialNumber()
    {
        if (volume.Read(paths.Certificate) is not { } bytes)
            return null;
        using var certificate = CertificateFile.Parse(new InputFile(paths.Certificate, bytes, default));
        return certificate.Leaf.SerialNumber;
    }

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
        if (volume.Exists(paths.StagedPending))
            volume.Delete(paths.StagedPending);
        using var file = volume.CreateOwn(paths.StagedPending);
        file.Write(record.Render());
        file.Flush();
    }

    /// <summary>Moves a staged record to its place, and flushes the folder.</summary>
    /// <returns>False if no record is staged.</returns>
    public bool Commit()
    {
        if (!isStaged)
            return false;
        retry.Run(() => volume.Rename(paths.StagedPending, paths.Pending));
        (isStaged, isNew) = (false, true);
        volume.FlushFolder(Folder);
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
            ActionLog.PendingNotChanged(logger, paths.Pending, e.Message);
        }
    }

    /// <summary>Deletes the staged record.</summary>
    public void Unstage()
    {
        if (isStaged)
            PairSweep.TryDelete(volume, paths.StagedPending);
        isStaged = false;
    }

    /// <summary>Deletes the record, or a link in its place.</summary>
    public void Delete()
    {
        isNew = false;
        if (!Exists)
            return;
        retry.Run(() => volume.Delete(paths.Pending));
        volume.FlushFolder(Folder);
    }

    private string Folder => Path.GetDirectoryName(paths.Pending)!;
}
