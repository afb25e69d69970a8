using StepCaRenew.Accounts;

namespace StepCaRenew.FileSystem;

/// <summary>A file of a <see cref="FileSet"/>.</summary>
/// <param name="Path">The file; links are followed.</param>
/// <param name="Content">The new content.</param>
/// <param name="Mode">The mode of a new file. An existing file keeps its owner and its rights.</param>
internal sealed record NewFile(string Path, byte[] Content, UnixFileMode Mode);

/// <summary>
/// Writes several small files, with their folders, so that an error leaves none of them changed. A reader finds the old or the
/// new content of each; only a crash can leave some old and some new.
/// </summary>
/// <param name="volume">The file system.</param>
/// <param name="files">The files, in the order in which they take their places.</param>
internal sealed class FileSet(IVolume volume, IReadOnlyList<NewFile> files)
{
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly List<string> folders = [];
    private readonly List<(string Target, byte[]? Old, UnixFileMode Mode)> written = [];

    /// <summary>Writes those files whose content is new.</summary>
    /// <returns>Whether any was.</returns>
    /// <exception cref="RenewalException">A file cannot be written; none was changed.</exception>
    public bool Write()
    {
        var staged = new List<(string Staged, string Target, byte[]? Old, UnixFileMode Mode)>();
        var current = string.Empty;
        try
        {
            foreach (var file in files)
            {
                current = file.Path;
                MakeFolder(Path.GetDirectoryName(file.Path)!);
                var target = TargetPath.Follow(file.Path);
                var old = volume.Read(target);
                if (old is null && volume.Exists(target))
                    throw new IOException("it is not a regular file, or too large");
                if (old is null || !old.AsSpan().SequenceEqual(file.Content))
                    staged.Add((Stage(target, file.Content, old is not null, file.Mode), target, old, file.Mode));
            }

            foreach (var one in staged)
            {
                current = one.Target;
                volume.Rename(one.Staged, one.Target);
                written.Add((one.Target, one.Old, one.Mode));
            }

            foreach (var folder in staged.Select(one => Path.GetDirectoryName(one.Target)!).Distinct())
                volume.FlushFolder(folder);
            return staged.Count > 0;
        }
        catch (Exception e)
        {
            foreach (var one in staged.Skip(written.Count))
                Try(() => volume.Delete(one.Staged));
            Undo();
            if (e is IOException or UnauthorizedAccessException)
                throw Failed(current, e);
            throw;
        }
    }

    /// <summary>Restores the old files, as far as possible, and deletes new files and folders.</summary>
    public void Undo()
    {
        foreach (var (target, old, mode) in Enumerable.Reverse(written))
        {
            Try(() =>
            {
                if (old is null)
                    volume.Delete(target);
                else
                    volume.Rename(Stage(target, old, isReplacement: true, mode), target);
            });
        }

        // Only empty folders can be deleted this way.
        foreach (var folder in Enumerable.Reverse(folders))
            Try(() => Directory.Delete(folder));
        written.Clear();
        folders.Clear();
    }

    private string Stage(string target, byte[] content, bool isReplacement, UnixFileMode mode)
    {
        var path = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}");
        try
        {
            using var file = isReplacement ? volume.CreateLike(path, target) : volume.Create(path, mode);
            file.Write(content);
            file.Flush();
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Try(() => volume.Delete(path));
            throw;
        }
    }

    private void MakeFolder(string path)
    {
        if (Directory.Exists(path))
            return;
        if (Path.GetDirectoryName(path) is { } above)
            MakeFolder(above);
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            NewFolder.Make(path, FolderMode);
        folders.Add(path);
    }

    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or RenewalException)
        {
            // The error that is being handled says more.
        }
    }

    private static RenewalException Failed(string path, Exception e) => new(
        WriteErrors.IsDiskFull(e) ? ErrorId.DiskFull : e is UnauthorizedAccessException ? ErrorId.FolderNotWritable : ErrorId.WriteFailed,
        $"'{path}' cannot be written: {e.Message.TrimEnd('.')}. No file was changed.", $"Check the folder and its volume, and that {CurrentUser.Name} can write there.", e);
}
