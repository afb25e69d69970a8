using System.Runtime.Versioning;
using StepCaRenew.Accounts;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Registration;

/// <summary>Checks that the account of a run can write the log that a definition names. The folder of the default log belongs to the account.</summary>
[UnsupportedOSPlatform("windows")]
internal static class LogRights
{
    /// <summary>Requires it. Registration creates a missing folder and gives it to the account.</summary>
    /// <exception cref="RenewalException">The account cannot write it (<see cref="ErrorId.LogNotWritable"/>).</exception>
    public static async Task RequireWritableAsync(RenewalDefinition definition, AccountAccess access, TaskAccount account, CancellationToken cancellationToken)
    {
        if (definition.LogPath is not { } path)
            return;
        var folder = Path.GetDirectoryName(TargetPath.Follow(path));
        if (Directory.Exists(path) || FileKind.IsSpecial(path) || folder is null)
            throw NotWritable($"'{path}' is not a file that a log can be written to.", "Name a file in -LogPath.");
        if (File.Exists(path))
        {
            if (!await access.CanWriteAsync(path, cancellationToken).ConfigureAwait(false))
                throw NotWritable($"'{account.Display}', the account of the run, cannot write the log '{path}'.", "Give that user permission to write the file, or name another one in -LogPath.");
        }
        else if (Directory.Exists(folder) && !(await access.CanWriteAsync(folder, cancellationToken).ConfigureAwait(false) && await access.CanExecuteAsync(folder, cancellationToken).ConfigureAwait(false)))
        {
            throw NotWritable(
                $"'{account.Display}', the account of the run, cannot create the log '{path}': it cannot write in the folder '{folder}'.",
                "Give that user permission to write there, or omit -LogPath: the folder of the default log belongs to the account.");
        }
        else if (!Directory.Exists(folder) && NearestAbove(folder) is { } above && !await access.CanExecuteAsync(above, cancellationToken).ConfigureAwait(false))
        {
            throw NotWritable(
                $"'{account.Display}', the account of the run, cannot create the log '{path}': it cannot enter the folder '{above}'.",
                "Give that user permission to enter it, or omit -LogPath: the folder of the default log belongs to the account.");
        }
    }

    // Registration creates missing folders for the account, which must be able to enter the folder above them.
    private static string? NearestAbove(string folder)
    {
        var above = Path.GetDirectoryName(folder);
        while (above is not null && !Directory.Exists(above))
            above = Path.GetDirectoryName(above);
        return above;
    }

    private static RenewalException NotWritable(string message, string remedy) => new(ErrorId.LogNotWritable, message, remedy);
}
