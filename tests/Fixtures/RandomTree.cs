using System.Diagnostics;

namespace StepCaRenew.Fixtures;

/// <summary>Random folders with files, and links to folders and files of the same tree; and what find(1) says of them.</summary>
internal static class RandomTree
{
    /// <summary>Makes one below a folder.</summary>
    public static void Make(string root, Random random)
    {
        List<string> folders = [root];
        List<string> files = [];
        for (var count = random.Next(1, 12); count > 0; count--)
        {
            folders.Add(Path.Combine(folders[random.Next(folders.Count)], $"d{count}"));
            Directory.CreateDirectory(folders[^1]);
        }

        for (var count = random.Next(1, 12); count > 0; count--)
        {
            files.Add(Path.Combine(folders[random.Next(folders.Count)], $"f{count}.crt"));
            File.WriteAllText(files[^1], "x");
        }

        for (var count = random.Next(12); count > 0; count--)
        {
            var link = Path.Combine(folders[random.Next(folders.Count)], random.Next(2) == 0 ? $"l{count}" : $"l{count}.crt");
            var target = random.Next(2) == 0 ? folders[random.Next(folders.Count)] : files[random.Next(files.Count)];
            File.CreateSymbolicLink(link, random.Next(2) == 0 ? target : Path.GetRelativePath(Path.GetDirectoryName(link)!, target));
        }
    }

    /// <summary>The real paths of the certificates that a search reaches, by find(1) and realpath(1).</summary>
    public static IReadOnlyList<string> Reachable(string root, bool followLinks)
    {
        // Followed links: find itself leaves a loop out, with an error.
        var script = followLinks
            ? "find -L \"$1\" -type f -name '*.crt' -exec realpath {} + 2>/dev/null | sort -u"
            : "find \"$1\" -name '*.crt' \\( -type f -o -type l -xtype f \\) -exec realpath {} + | sort -u";
        return Run(script, root);
    }

    /// <summary>The path of a file without links.</summary>
    public static string RealPathOf(string path) => Run("realpath \"$1\"", path).Single();

    private static List<string> Run(string script, string argument)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script, "sh", argument]) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
    }
}
