using System.Globalization;
using System.Runtime.Versioning;
using StepCaRenew.Files;

namespace StepCaRenew.Pairs;

/// <summary>A file of a pair that has other names as well: after a replacement they still lead to the old file.</summary>
/// <param name="Path">The file that is replaced.</param>
/// <param name="Others">How many other names it has; the fixed names of our own do not count.</param>
/// <param name="Content">What the other names keep: the certificate or the key.</param>
internal sealed record HardLinks(string Path, int Others, string Content)
{
    /// <summary>A sentence for a warning and for the result.</summary>
    public string Sentence => string.Create(
        CultureInfo.InvariantCulture, $"'{Path}' has {(Others == 1 ? "another hard link, which keeps" : $"{Others} other hard links, which keep")} the old {Content}.");

    /// <summary>The files that a replacement replaces and that have other names. Only Linux says how many names a file has.</summary>
    /// <param name="paths">The pair.</param>
    /// <param name="withKey">Whether the key is replaced as well.</param>
    public static IReadOnlyList<HardLinks> Of(PairPaths paths, bool withKey)
    {
        var certificate = new HardLinks(paths.Certificate, CountOthers(paths.Certificate, paths), paths.IsOneFile ? "certificate and key" : "certificate");
        var key = withKey && !paths.IsOneFile ? new HardLinks(paths.Key, CountOthers(paths.Key, paths), "key") : null;
        return [.. new[] { certificate, key }.OfType<HardLinks>().Where(file => file.Others > 0)];
    }

    // A replacement that was interrupted, on a file system that cannot exchange two files, leaves a second name of our own.
    private static int CountOthers(string path, PairPaths paths) => OperatingSystem.IsLinux() ? CountOnLinux(path, paths) : 0;

    [SupportedOSPlatform("linux")]
    private static int CountOnLinux(string path, PairPaths paths)
    {
        if (LinuxStat.Of(path, followLinks: false) is not { IsRegular: true, Links: > 1 and var links })
            return 0;
        var identity = LinuxStat.IdentityOf(path);
        var own = 0;
        foreach (var leftover in paths.Leftovers)
            own += LinuxStat.IdentityOf(leftover) == identity ? 1 : 0;
        return (int)links - 1 - own;
    }
}
