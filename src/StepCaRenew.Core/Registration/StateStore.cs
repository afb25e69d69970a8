using Microsoft.Extensions.Logging;
using StepCaRenew.FileSystem;
using StepCaRenew.Logging;

namespace StepCaRenew.Registration;

/// <summary>The states of registered renewals. They are written by runs, and so are not in the definitions.</summary>
/// <remarks>A state that cannot be read or written is logged and does not stop a run.</remarks>
internal sealed class StateStore(RenewalFolders folders, ILogger logger)
{
    private static readonly string[] Names = ["state.json", "run-now", "pending", "pending-new", "acting"];

    /// <inheritdoc cref="StateStore(RenewalFolders, ILogger)"/>
    public StateStore(RenewalFolders folders, CallLog log)
        : this(folders, (ILogger)log)
    {
    }

    /// <summary>Reads a state; a new one if there is none or it is damaged.</summary>
    public RenewalState Read(string name)
    {
        var path = PathOf(name);
        try
        {
            // The account of the run owns the folder, so the file is read through the opened folder without following links.
            if (!Path.Exists(path))
                return new RenewalState();
            if (AtomicFile.Read(path) is { } bytes && StateFormat.Parse(bytes) is { } state)
                return state;
            TaskLog.StateNotRead(logger, path, "it is damaged, or not a regular file");
        }
        catch (Exception e) when (e is RenewalException or IOException or UnauthorizedAccessException)
        {
            TaskLog.StateNotRead(logger, path, e.Message);
        }

        return new RenewalState();
    }

    /// <summary>Writes a state, as a whole or not at all.</summary>
    public void Write(string name, RenewalState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        try
        {
            Directory.CreateDirectory(folders.StateFolder(name));
            // It has error messages, which on Windows only administrators and the account of the run can read.
            AtomicFile.Write(PathOf(name), StateFormat.Render(state), isPrivate: OperatingSystem.IsWindows());
        }
        catch (Exception e) when (e is RenewalException or IOException or UnauthorizedAccessException)
        {
            TaskLog.StateNotWritten(logger, PathOf(name), e.Message);
        }
    }

    /// <summary>Deletes the state and all other files of a renewal in its state folder.</summary>
    /// <exception cref="RenewalException">A file cannot be deleted.</exception>
    public void Delete(string name)
    {
        var folder = folders.StateFolder(name);
        foreach (var file in Names.Concat(TemporaryFiles(folder)))
            AtomicFile.Delete(Path.Combine(folder, file));
        try
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder);
        }
        catch (IOException)
        {
            // The folder has files that are not from this module.
        }
    }

    // Temporary files of a killed process.
    private static IEnumerable<string> TemporaryFiles(string folder)
    {
        try
        {
            return [.. Names.SelectMany(name => Directory.EnumerateFiles(folder, $".{name}.*", new EnumerationOptions { AttributesToSkip = 0 })).Select(path => Path.GetFileName(path))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Deletes the record of open follow-ups.</summary>
    /// <exception cref="RenewalException">It cannot be deleted.</exception>
    internal void DeleteRecord(string name) => AtomicFile.Delete(Path.Combine(folders.StateFolder(name), "pending"));

    internal string PathOf(string name) => Path.Combine(folders.StateFolder(name), "state.json");
}
