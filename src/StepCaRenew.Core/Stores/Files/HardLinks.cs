using System.Globalization;
using System.Runtime.Versioning;
using StepCaRenew.FileSystem;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.Stores.Files;

/// <summary>A file of a pair that has other hard links: after a replacement they still lead to the old file.</summary>
/// <param name="Path">The file that is replaced.</param>
/// <param name="Others">How many other hard links it has, without those of this module.</param>
/// <param name="Content">The content that they keep: the certificate or the key.</param>
internal sealed record HardLinks(string Path, int Others, string Content)
{
    /// <summary>A sentence for a warning and for the result.</summary>
    public string Sentence => string.Create(
        CultureInfo.InvariantCulture, $"'{Path}' has {(Others == 1 ? "another hard link, which keeps" : $"{Others} other hard links, which keep")} the old {Content}.");

    /// <summary>The files that a replacement replaces and that have other hard links. Only on Linux can the links be counted.</summary>
    public static IReadOnlyList<HardLinks> Find(OpenFolders folders, PairPaths paths, bool withKey)
    {
        var certificate = new HardLinks(paths.Certificate, CountOthers(folders, paths.Certificate, paths), paths.IsOneFile ? "certificate and key" : "certificate");
        var key = withKey && !paths.IsOneFile ? new HardLinks(paths.Key, CountOthers(folders, paths.Key, paths), "key") : null;
        return [.. new[] { certificate, key }.OfType<HardLinks>().Where(file => file.Others > 0)];
    }

    private static int CountOthers(OpenFolders folders, string path, PairPaths paths) => OperatingSystem.IsLinux() ? CountOnLinux(folders, path, paths) : 0;

    [SupportedOSPlatform("linux")]
    private static int CountOnLinux(OpenFolders folders, string path, PairPaths paths)
    {
        if (Stat(folders, path) is not { IsRegular: true, Links: > 1 } file)
            return 0;
        // An interrupted replacement, on a file system that cannot exchange two files, leaves a hard link of its own.
        return (int)file.Links - 1 - paths.Leftovers.Count(leftover => Stat(folders, leftover)?.Identity == file.Identity);
    }

    [SupportedOSPlatform("linux")]
    private static LinuxStat? Stat(OpenFolders folders, string path) => ((LinuxFolder)folders.OpenParent(path)).TryStat(System.IO.Path.GetFileName(path));
}
