using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.FileSystem;

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
