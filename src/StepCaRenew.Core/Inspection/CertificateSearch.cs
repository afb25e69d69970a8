using StepCaRenew.FileSystem;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Inspection;

/// <summary>
/// Finds the files in folders that can be certificates. A file with several paths is listed once, under its shortest path.
/// </summary>
/// <param name="recurse">Whether subfolders are searched.</param>
/// <param name="followLinks">Whether a subfolder that is a link is searched. The folder that the user names always is.</param>
/// <param name="onUnreadable">Receives the error of a subfolder that cannot be read; the search continues.</param>
/// <param name="exclude">Names of files and subfolders that are left out; wildcards are allowed.</param>
internal sealed class CertificateSearch(bool recurse, bool followLinks, Action<RenewalException> onUnreadable, IReadOnlyList<string>? exclude = null)
{
    private static readonly StringComparer PathComparer = OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    private readonly List<FoundFile> found = [];
    private readonly Dictionary<string, string> folders = new(PathComparer);
    private bool hasLinks;

    /// <summary>The files in the order in which they were found; those of one folder in the order of their paths.</summary>
    public IReadOnlyList<string> Files => hasLinks || folders.Count > 1 ? Distinct() : found.ConvertAll(file => file.Path);

    /// <summary>Adds a file that a pattern found.</summary>
    public void AddFile(string path)
    {
        if (IsExcluded(Path.GetFileName(path)))
            return;
        var isLink = new FileInfo(path).LinkTarget is not null;
        hasLinks |= isLink;
        var folder = RealFolderOf(Path.GetDirectoryName(path) ?? path);
        found.Add(new FoundFile(path, isLink ? RealPathOf(path, isFolder: false) : Path.Combine(folder, Path.GetFileName(path))));
    }

    /// <summary>Searches a folder.</summary>
    /// <exception cref="RenewalException">The folder cannot be read.</exception>
    public void AddFolder(string folder)
    {
        var start = found.Count;
        var root = new FoundFile(folder, RealFolderOf(folder));
        var seen = new HashSet<string>(PathComparer) { root.RealPath };
        var level = AddFiles(root, FolderEntry.Read(folder));
        // Breadth first, so that a folder with several links is found by its shortest path. Each folder is searched once, so
        // that a loop of links ends.
        while (recurse && level.Count > 0)
        {
            var next = new List<FoundFile>();
            foreach (var one in level.OrderBy(one => one.Path.Length).ThenBy(one => one.Path, StringComparer.Ordinal))
            {
                if (seen.Add(one.RealPath))
                    next.AddRange(TryAddFiles(one));
            }

            level = next;
        }

        found.Sort(start, found.Count - start, Comparer<FoundFile>.Create((one, other) => string.CompareOrdinal(one.Path, other.Path)));
    }

    private List<FoundFile> TryAddFiles(FoundFile folder)
    {
        List<FolderEntry> entries;
        try
        {
            entries = FolderEntry.Read(folder.Path);
        }
        catch (RenewalException e)
        {
            // A folder that was removed during the search is not an error.
            if (e.ErrorId != ErrorId.FileNotFound)
                onUnreadable(e);
            return [];
        }

        return AddFiles(folder, entries);
    }

    // Returns the subfolders to search next.
    private List<FoundFile> AddFiles(FoundFile folder, List<FolderEntry> entries)
    {
        var next = new List<FoundFile>();
        foreach (var entry in entries)
        {
            if (IsExcluded(entry.Name))
                continue;
            var path = Path.Combine(folder.Path, entry.Name);
            hasLinks |= entry.IsLink;
            RenewalException? refusal = null;
            var real = entry.IsLink ? RealPathOf(path, entry.IsFolder, out refusal) : Path.Combine(folder.RealPath, entry.Name);
            // The target of such a link is not looked up: if its name is that of a certificate, its run reports it.
            if (refusal is not null && recurse && followLinks)
                onUnreadable(refusal);
            if (!entry.IsFolder || refusal is not null)
            {
                if (CertificateFolder.IsCandidate(entry.Name))
                    found.Add(new FoundFile(path, real));
            }
            else if (recurse && (followLinks || !entry.IsLink))
            {
                next.Add(new FoundFile(path, real));
            }
        }

        return next;
    }

    private bool IsExcluded(string name) => exclude?.Any(pattern => PathPattern.Matches(pattern, name)) == true;

    // Of several paths of one file, one with a key next to it can be renewed.
    private List<string> Distinct()
    {
        var best = new Dictionary<string, FoundFile>(PathComparer);
        foreach (var file in found)
        {
            if (!best.TryGetValue(file.RealPath, out var other) || IsBetter(file, other))
                best[file.RealPath] = file;
        }

        return [.. found.Where(file => ReferenceEquals(best[file.RealPath], file)).Select(file => file.Path)];
    }

    private static bool IsBetter(FoundFile file, FoundFile other)
    {
        var (hasKey, otherHasKey) = (KeyPathConvention.FindNextTo(file.Path) is not null, KeyPathConvention.FindNextTo(other.Path) is not null);
        if (hasKey != otherHasKey)
            return hasKey;
        var (depth, otherDepth) = (DepthOf(file.Path), DepthOf(other.Path));
        return depth != otherDepth ? depth < otherDepth : file.Path.Length < other.Path.Length;
    }

    private static int DepthOf(string path) => path.Count(character => character == Path.DirectorySeparatorChar);

    private string RealFolderOf(string path)
    {
        if (!folders.TryGetValue(path, out var real))
            folders[path] = real = RealPathOf(path, isFolder: true);
        return real;
    }

    private static string RealPathOf(string path, bool isFolder) => RealPathOf(path, isFolder, out _);

    // A link is followed only as far as a run follows it: two links of one target are one entry, which shows that the target exists.
    private static string RealPathOf(string path, bool isFolder, out RenewalException? refusal)
    {
        refusal = null;
        try
        {
            if (OperatingSystem.IsWindows())
                return WindowsLinks.OnDisk.Follow(path);
            if (!isFolder)
                return RealPath.Follow(path);
            using var folder = OperatingSystem.IsLinux() ? OpenFolder.Follow(path) : null;
            return folder?.Path ?? RealPath.FollowFolder(path);
        }
        // A broken or circular link: reading the file reports it.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return path;
        }
        catch (RenewalException e)
        {
            refusal = e;
            return path;
        }
    }

    private sealed record FoundFile(string Path, string RealPath);
}
