using Microsoft.Extensions.Logging;
using StepCaRenew.Files;
using StepCaRenew.Logging;

namespace StepCaRenew.Renewals;

/// <summary>The states of registered renewals, apart from their definitions: those are people's, these are the machine's.</summary>
/// <param name="folders">Where they lie.</param>
/// <param name="logger">Told of a state that can't be read or written; neither stops a run.</param>
public sealed class StateStore(RenewalFolders folders, ILogger logger)
{
    private static readonly string[] Names = ["state.json", "run-now", "pending", "pending-new", "acting"];

    /// <inheritdoc cref="StateStore(RenewalFolders, ILogger)"/>
    public StateStore(RenewalFolders folders, CallLog log)
        : this(folders, (ILogger)log)
    {
    }

    /// <summary>Reads a state; a new one where there is none, or a damaged one.</summary>
    /// <param name="name">The renewal's name.</param>
    public RenewalState Read(string name)
    {
        var path = PathOf(name);
        try
        {
            // The account of the run owns the folder: what is there is read through the open folder, and no link is followed.
            if (!Path.Exists(path))
                return new RenewalState();
            if (WholeFile.Read(path) is { } bytes && StateFormat.Parse(bytes) is { } state)
                return state;
            TaskLog.StateNotRead(logger, path, "it is damaged, or not a regular file");
        }
        catch (Exception e) when (e is RenewalException or IOException or UnauthorizedAccessException)
        {
            TaskLog.StateNotRead(logger, path, e.Message);
        }

        return new RenewalState();
    }

    /// <summary>Writes a state, whole or not at all.</summary>
    /// <param name="name">The renewal's name.</param>
    /// <param name="state">The state.</param>
    public void Write(string name, RenewalState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        try
        {
            Directory.CreateDirectory(folders.StateFolder(name));
            // It holds the messages of errors; on Windows nobody needs them but administrators and the account of the run.
            WholeFile.Write(PathOf(name), StateFormat.Render(state), isPrivate: OperatingSystem.IsWindows());
        }
        catch (Exception e) when (e is RenewalException or IOException or UnauthorizedAccessException)
        {
            TaskLog.StateNotWritten(logger, PathOf(name), e.Message);
        }
    }

    /// <summary>Forgets a renewal.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="RenewalException">It can't be deleted.</exception>
    public void Delete(string name)
    {
        var folder = folders.StateFolder(name);
        foreach (var file in Names.Concat(LeftOvers(folder)))
            WholeFile.Delete(Path.Combine(folder, file));
        try
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder);
        }
        catch (IOException)
        {
            // Something of somebody else's lies in it.
        }
    }

    // What a killed process had begun to write.
    private static IEnumerable<string> LeftOvers(string folder)
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

    internal string PathOf(string name) => Path.Combine(folders.StateFolder(name), "state.json");
}
