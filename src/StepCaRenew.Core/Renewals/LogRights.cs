using System.Runtime.Versioning;
using StepCaRenew.Files;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Renewals;

/// <summary>Whether the account of a run can write the log that a definition names. The usual log is in a folder that the account gets.</summary>
[UnsupportedOSPlatform("windows")]
internal static class LogRights
{
    /// <summary>Demands it; a folder that is missing is made at registration, and given to the account.</summary>
    /// <exception cref="RenewalException">It cannot (<see cref="ErrorId.LogNotWritable"/>).</exception>
    public static async Task RequireWritableAsync(RenewalDefinition definition, AccountAccess access, TaskAccount account, CancellationToken cancellationToken)
    {
        if (definition.LogPath is not { } path)
            return;
        var folder = Path.GetDirectoryName(TargetPath.Follow(path));
        if (Directory.Exists(path) || FileKind.IsSpecial(path) || folder is null)
            throw NotWritable($"'{path}' is not a file that a log can be added to.", "Name a file in -LogPath.");
        if (File.Exists(path))
        {
            if (!await access.CanWriteAsync(path, cancellationToken).ConfigureAwait(false))
                throw NotWritable($"'{account.Display}', the account that the run runs as, cannot write the log '{path}'.", "Give that user the permission to write the file, or name another one in -LogPath.");
        }
        else if (Directory.Exists(folder) && !(await access.CanWriteAsync(folder, cancellationToken).ConfigureAwait(false) && await access.CanExecuteAsync(folder, cancellationToken).ConfigureAwait(false)))
        {
            throw NotWritable(
                $"'{account.Display}', the account that the run runs as, cannot make the log '{path}': it cannot write in the folder '{folder}'.",
                "Give that user the permission to write there, or leave -LogPath out: the usual log is in a folder that the account gets.");
        }
        else if (!Directory.Exists(folder) && NearestAbove(folder) is { } above && !await access.CanExecuteAsync(above, cancellationToken).ConfigureAwait(false))
        {
            throw NotWritable(
                $"'{account.Display}', the account that the run runs as, cannot make the log '{path}': it cannot enter the folder '{above}'.",
                "Give that user the permission to enter it, or leave -LogPath out: the usual log is in a folder that the account gets.");
        }
    }

    // The account gets a folder that registration makes, and cannot reach it if it cannot enter one above it.
    private static string? NearestAbove(string folder)
    {
        var above = Path.GetDirectoryName(folder);
        while (above is not null && !Directory.Exists(above))
            above = Path.GetDirectoryName(above);
        return above;
    }

    private static RenewalException NotWritable(string message, string remedy) => new(ErrorId.LogNotWritable, message, remedy);
}
