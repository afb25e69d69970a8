using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.FileSystem;

/// <summary>The file at the end of a path's links, which is the one that is replaced; the links stay.</summary>
internal static class TargetPath
{
    /// <summary>Follows links; the file at their end need not exist.</summary>
    /// <exception cref="RenewalException">The links go in a circle.</exception>
    public static string Follow(string path)
    {
        var full = Path.GetFullPath(path);
        try
        {
            return OperatingSystem.IsWindows() ? WindowsLinks.OnDisk.Follow(full) : RealPath.Follow(full);
        }
        catch (IOException e)
        {
            throw Broken(path, e);
        }
    }

    /// <summary>Requires a file that can be replaced by renaming.</summary>
    /// <exception cref="RenewalException">There is no file, or it is a mount point.</exception>
    public static void RequireReplaceable(string target)
    {
        if (!File.Exists(target))
            throw Broken(target, null);
        if (OperatingSystem.IsLinux() && LinuxStat.TryRead(target, followLinks: false) is { IsMountPoint: true })
            throw MountPoint(target);
    }

    internal static RenewalException MountPoint(string path) => new(
        ErrorId.TargetIsMountPoint,
        $"'{path}' is a mount point (a container's bind mount of a single file), so it cannot be replaced by renaming.",
        "Mount the folder of the file instead of the file.");

    internal static RenewalException Broken(string path, Exception? e) => new(
        ErrorId.LinkBroken, $"'{path}' is a broken link: its target does not exist, or its links form a circle.", "Fix the link, or name the file itself.", e);
}

/// <summary>Follows links as the kernel does.</summary>
/// <remarks>
/// .NET's ResolveLinkTarget resolves <c>..</c> in a link by the text of the path. If that path goes through a linked folder,
/// the kernel finds another file.
/// </remarks>
[UnsupportedOSPlatform("windows")]
internal static partial class RealPath
{
    // The limit of Linux.
    private const int MostLinks = 40;

    /// <summary>The file at the end of all links, whether it exists or not.</summary>
    /// <exception cref="IOException">The links go in a circle.</exception>
    /// <exception cref="RenewalException">One of them must not be followed (<see cref="ErrorId.LinkNotTrusted"/>).</exception>
    public static string Follow(string path)
    {
        var full = Path.GetFullPath(path);
        var named = Path.GetDirectoryName(full) ?? "/";
        if (OperatingSystem.IsLinux())
            return TryResolve(named) == named && LinuxStat.TryRead(full, followLinks: false) is not { IsLink: true } ? full : Walk(full);
        var current = full;
        for (var links = 0; links <= MostLinks; links++)
        {
            named = Path.GetDirectoryName(current) ?? "/";
            // If the folder cannot be read, opening the file gives the better error.
            var folder = TryResolve(named) ?? named;
            var file = Path.Combine(folder, Path.GetFileName(current));
            if (new FileInfo(file).LinkTarget is not { } target)
                return file;
            current = Path.Combine(folder, target);
        }

        throw new IOException($"'{path}' goes through more than {MostLinks} links.");
    }

    // Slower, so only used if there is a link.
    [SupportedOSPlatform("linux")]
    private static string Walk(string path)
    {
        try
        {
            var (folder, name) = FolderWalk.Follow(path);
            using (folder)
                return Path.Combine(folder.Path, name);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            // If a folder cannot be read, opening the file gives the better error.
            return path;
        }
    }

    /// <summary>The folder at the end of all links; the path itself if it does not exist. A link to a folder can end in <c>..</c>.</summary>
    public static string FollowFolder(string path) => TryResolve(path) ?? path;

    private static string? TryResolve(string path)
    {
        var resolved = Resolve(path, 0);
        try
        {
            return Marshal.PtrToStringUTF8(resolved);
        }
        finally
        {
            Free(resolved);
        }
    }

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Resolve(string path, nint buffer);

    [LibraryImport("libc", EntryPoint = "free")]
    private static partial void Free(nint memory);
}

/// <summary>
/// Follows links as Windows does: from the root of a path to its end; <c>..</c> in a target starts from the real folder of
/// the link.
/// </summary>
/// <remarks>
/// .NET's ResolveLinkTarget fails if the file is missing, does not follow linked folders, and resolves a link to a share
/// relative to the present folder. Targets come from a function, so that the rules are tested on every platform. Not tested
/// on real Windows; Wine 8 does not have links.
/// </remarks>
/// <param name="targetOf">The target of a link as it is stored in the link; null if the path is not a link or does not exist.</param>
internal sealed class WindowsLinks(Func<string, string?> targetOf)
{
    // The limit of Windows.
    private const int MostLinks = 63;

    /// <summary>The links of the file system.</summary>
    public static WindowsLinks OnDisk { get; } = new(TargetOnDisk);

    /// <summary>The path at the end of all links, whether a file exists there or not.</summary>
    /// <param name="path">A full path; it is returned unchanged if it has no link.</param>
    /// <exception cref="IOException">The links go in a circle.</exception>
    public string Follow(string path)
    {
        for (var links = 0; links <= MostLinks; links++)
        {
            if (FollowFirst(path) is not { } next)
                return path;
            path = next;
        }

        throw new IOException($"'{path}' goes through more than {MostLinks} links.");
    }

    // The path with its first link replaced by its target; null if there is no link.
    private string? FollowFirst(string path)
    {
        var folder = Path.GetPathRoot(path) ?? string.Empty;
        var names = path[folder.Length..].Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < names.Length; i++)
        {
            var here = Path.Combine(folder, names[i]);
            if (targetOf(here) is { } target)
                return Path.Combine([Path.GetFullPath(target, folder), .. names[(i + 1)..]]);
            folder = here;
        }

        return null;
    }

    private static string? TargetOnDisk(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if ((int)file.Attributes == -1 || (file.Attributes & FileAttributes.ReparsePoint) == 0)
                return null;
            // A mounted volume is not followed: a reader would not recognise its own path.
            return file.LinkTarget is { } target && !IsVolume(target) ? target : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Opening the file gives the better error.
            return null;
        }
    }

    private static bool IsVolume(string target) =>
        target.StartsWith(@"\\?\Volume{", StringComparison.OrdinalIgnoreCase) || target.StartsWith("Volume{", StringComparison.OrdinalIgnoreCase);
}
