using System.Security.Cryptography.X509Certificates;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Stores.WindowsStore;

/// <summary>The file of a <see cref="StoreRecord"/>, and the lock for the run that changes the stores of its location.</summary>
/// <param name="folder">The folder of the records.</param>
/// <param name="location">The location of the stores.</param>
/// <param name="scope">The scope whose accounts can write the folder.</param>
/// <param name="clock">The clock, for the wait.</param>
internal sealed class StoreRecordFile(string folder, StoreLocation location, RenewalScope scope, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>The path of the file.</summary>
    public string Path { get; } = System.IO.Path.Combine(folder, $"{location}.json");

    private string LockPath => System.IO.Path.Combine(folder, $".{location}.lock");

    /// <summary>Reads the record; an empty one if there is none.</summary>
    /// <exception cref="RenewalException">It cannot be read, or is damaged (<see cref="ErrorId.StoreRecordInvalid"/>). Then nothing in a store may be changed.</exception>
    public StoreRecord Read()
    {
        try
        {
            if (AtomicFile.Read(Path) is not { } content)
                return File.Exists(Path) ? throw Invalid("it is not a regular file", null) : new StoreRecord();
            return StoreRecord.Parse(content) ?? throw Invalid("it is damaged, or of a later version of this module", null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Invalid(e.Message.TrimEnd('.'), e);
        }
    }

    /// <summary>Writes the record, as a whole or not at all.</summary>
    /// <exception cref="RenewalException">It cannot be written.</exception>
    public void Write(StoreRecord record) => AtomicFile.Write(Path, record.Render(), isPrivate: false);

    /// <summary>Acquires the lock; waits if another run holds it. Creates the folder if need be.</summary>
    /// <exception cref="RenewalException">The folder cannot be created, or another run held the lock until the timeout (<see cref="ErrorId.Locked"/>).</exception>
    public async Task<IDisposable> LockAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        MakeFolder();
        var folders = new OpenFolders();
        try
        {
            for (var start = clock.GetTimestamp(); ;)
            {
                var (outcome, file) = LockFile.TryOpen(folders, LockPath);
                if (file is not null)
                    return new Held(file, folders);
                if (outcome == LockOutcome.Impossible)
                    throw NotWritable("its lock file cannot be created", null);
                if (clock.GetElapsedTime(start) >= timeout)
                    throw new RenewalException(ErrorId.Locked, $"Another run is changing the certificate stores of {location}.", "Wait until that run has finished, or give a longer -LockTimeout.");
                await Task.Delay(Pause, clock, cancellationToken).ConfigureAwait(false);
            }
        }
        catch
        {
            folders.Dispose();
            throw;
        }
    }

    /// <summary>Creates the folder of the records.</summary>
    /// <exception cref="RenewalException">It cannot be created.</exception>
    public void MakeFolder()
    {
        try
        {
            ScopeFolder.Make(folder, scope);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another run may have created it at the same moment.
            if (!Directory.Exists(folder))
                throw NotWritable(e.Message.TrimEnd('.'), e);
        }
    }

    private RenewalException NotWritable(string reason, Exception? e) => new(
        ErrorId.FolderNotWritable, $"The record of the certificate stores cannot be kept in '{folder}': {reason}. Nothing was changed.",
        "Run as an account that can write there: an administrator for LocalMachine.", e);

    private RenewalException Invalid(string reason, Exception? e) => new(
        ErrorId.StoreRecordInvalid, $"The record of the certificate stores '{Path}' cannot be read: {reason}. No store was changed.",
        "Restore the file from a backup. Without it (if it is deleted) no certificate that is in a store now is removed by -RemoveOld.", e);

    private sealed class Held(FileStream file, OpenFolders folders) : IDisposable
    {
        public void Dispose()
        {
            file.Dispose();
            folders.Dispose();
        }
    }
}
