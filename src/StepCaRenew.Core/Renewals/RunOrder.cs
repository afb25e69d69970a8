using StepCaRenew.Certificates;
using StepCaRenew.Files;

namespace StepCaRenew.Renewals;

/// <summary>
/// What -RunNow asks of the one run that it starts. The command of a schedule carries the name alone, so a small file in the
/// state folder says it; the run deletes it first, and an old one says nothing.
/// </summary>
internal static class RunOrder
{
    // Longer than a scheduler takes to start a run.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>Leaves the order.</summary>
    /// <param name="folders">Where the renewal is registered.</param>
    /// <param name="name">Its name.</param>
    /// <param name="isForced">Whether the run renews although nothing is due; else it tests what it can.</param>
    /// <exception cref="RenewalException">The state folder can't be written.</exception>
    public static void Write(RenewalFolders folders, string name, bool isForced) =>
        WholeFile.Write(PathOf(folders, name), TextFile.Encode(isForced ? "renew" : "test"), isPrivate: false);

    /// <summary>Takes the order back.</summary>
    /// <returns>Whether a run had taken it: the order was no longer there.</returns>
    public static bool Delete(RenewalFolders folders, string name)
    {
        var path = PathOf(folders, name);
        var wasTaken = !File.Exists(path);
        WholeFile.Delete(path);
        return wasTaken;
    }

    /// <summary>Reads the order and deletes it; null if there is none.</summary>
    /// <returns>Whether to renew although nothing is due.</returns>
    public static bool? ReadOnce(RenewalFolders folders, string name, TimeProvider clock)
    {
        var path = PathOf(folders, name);
        try
        {
            if (new FileInfo(path) is not { Exists: true, LinkTarget: null } file)
                return null;
            var isPresent = clock.GetUtcNow() - file.LastWriteTimeUtc < Lifetime;
            // Through the open folder: a link or a pipe that is put there meanwhile is neither followed nor waited for.
            var text = WholeFile.Read(path) is { } bytes ? TextFile.Decode(bytes) : null;
            WholeFile.Delete(path);
            return isPresent && text is not null ? text == "renew" : null;
        }
        catch (Exception e) when (e is RenewalException or IOException or UnauthorizedAccessException)
        {
            // What cannot be deleted would count for every run.
            return null;
        }
    }

    private static string PathOf(RenewalFolders folders, string name) => Path.Combine(folders.StateFolder(name), "run-now");
}
