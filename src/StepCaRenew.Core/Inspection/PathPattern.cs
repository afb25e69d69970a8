using System.Text;
using StepCaRenew.FileSystem;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Inspection;

/// <summary>
/// Paths with the wildcards of PowerShell, which a scheduled run cannot ask: <c>*</c>, <c>?</c>, <c>[a-z]</c>, and a backtick before a
/// character that is meant literally. Case does not matter, and hidden files are not found, as in PowerShell on every system.
/// </summary>
internal static class PathPattern
{
    private const char Escape = '`';
    private static readonly EnumerationOptions All = new() { AttributesToSkip = OperatingSystem.IsWindows() ? FileAttributes.Hidden | FileAttributes.System : 0, IgnoreInaccessible = false };

    /// <summary>Whether a text has wildcards.</summary>
    public static bool HasWildcards(ReadOnlySpan<char> text)
    {
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] == Escape)
                index++;
            else if (text[index] is '*' or '?' or '[')
                return true;
        }

        return false;
    }

    /// <summary>The pattern that finds only a path with these characters.</summary>
    public static string FromLiteral(string path) => string.Concat(path.Select(one => one is '*' or '?' or '[' or ']' or Escape ? $"{Escape}{one}" : $"{one}"));

    /// <summary>The path that a pattern without wildcards means.</summary>
    public static string ToLiteral(string pattern)
    {
        var text = new StringBuilder();
        for (var index = 0; index < pattern.Length; index++)
            text.Append(pattern[index] == Escape && index + 1 < pattern.Length ? pattern[++index] : pattern[index]);
        return text.ToString();
    }

    /// <summary>The folder above all files that a pattern can find: its part before the first wildcard.</summary>
    public static string FolderOf(string pattern)
    {
        var folder = pattern;
        while (HasWildcards(folder) && Path.GetDirectoryName(folder) is { } above)
            folder = above;
        return ToLiteral(folder);
    }

    /// <summary>The files and folders that a pattern finds, in the order of their paths. A link that must not be followed is among them.</summary>
    /// <param name="pattern">A full path with wildcards.</param>
    /// <param name="onUnreadable">Receives the error of a folder on the way that cannot be read, or that is behind a link of another account.</param>
    /// <exception cref="RenewalException">The folder before the first wildcard cannot be read.</exception>
    public static IReadOnlyList<string> Find(string pattern, Action<RenewalException> onUnreadable)
    {
        var root = FolderOf(pattern);
        List<string> found = [root];
        foreach (var part in pattern[Path.GetPathRoot(pattern)!.Length..].Split(Separators, StringSplitOptions.RemoveEmptyEntries).Skip(CountParts(root)))
        {
            found = HasWildcards(part)
                ? [.. found.SelectMany(folder => Match(folder, part, folder == root ? null : onUnreadable))]
                : [.. found.Select(folder => Path.Combine(folder, ToLiteral(part))).Where(OpenFolders.MayExist)];
        }

        found.Sort(StringComparer.Ordinal);
        return found;
    }

    /// <summary>Whether a name matches a pattern.</summary>
    /// <remarks>Only the last star is tried again, so that no name of another account takes long.</remarks>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        var (at, start) = (0, 0);
        var (star, resume) = (-1, 0);
        while (start < name.Length)
        {
            if (at < pattern.Length && pattern[at] == '*')
                (star, resume) = (++at, start);
            else if (at < pattern.Length && MatchOne(pattern[at..], name[start]) is > 0 and var length)
                (at, start) = (at + length, start + 1);
            else if (star >= 0)
                (at, start) = (star, ++resume);
            else
                return false;
        }

        return pattern[at..].TrimStart('*').IsEmpty;
    }

    private static char[] Separators { get; } = OperatingSystem.IsWindows() ? ['\\', '/'] : ['/'];

    private static int CountParts(string path) => path[Path.GetPathRoot(path)!.Length..].Split(Separators, StringSplitOptions.RemoveEmptyEntries).Length;

    private static IReadOnlyList<string> Match(string folder, string pattern, Action<RenewalException>? onUnreadable)
    {
        try
        {
            using var opened = OpenFolder.Follow(folder);
            return [.. Directory.EnumerateFileSystemEntries(opened.ListedPath, "*", All).Select(path => Path.GetFileName(path)).Where(name => (OperatingSystem.IsWindows() || name[0] != '.') && Matches(pattern, name)).Select(name => Path.Combine(folder, name))];
        }
        catch (RenewalException e) when (onUnreadable is not null)
        {
            onUnreadable(e);
            return [];
        }
        // A file, or a folder that was removed during the search.
        catch (IOException e) when (e is DirectoryNotFoundException or FileNotFoundException || !Directory.Exists(folder))
        {
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var error = FolderEntry.Unreadable(folder, e);
            if (onUnreadable is null)
                throw error;
            onUnreadable(error);
            return [];
        }
    }

    // The length of the part of the pattern that matches one character; zero if it does not match.
    private static int MatchOne(ReadOnlySpan<char> pattern, char one)
    {
        if (pattern[0] == '?')
            return 1;
        if (pattern[0] == Escape && pattern.Length > 1)
            return AreSame(pattern[1], one) ? 2 : 0;
        if (pattern[0] != '[')
            return AreSame(pattern[0], one) ? 1 : 0;
        var isMatch = false;
        var index = 1;
        for (; index < pattern.Length && pattern[index] != ']'; index++)
        {
            if (pattern[index] == Escape && index + 1 < pattern.Length)
                index++;
            var first = pattern[index];
            if (index + 2 < pattern.Length && pattern[index + 1] == '-' && pattern[index + 2] != ']')
                index += 2;
            isMatch |= IsBetween(first, pattern[index], one);
        }

        return isMatch && index < pattern.Length ? index + 1 : 0;
    }

    private static bool AreSame(char one, char other) => char.ToUpperInvariant(one) == char.ToUpperInvariant(other);

    private static bool IsBetween(char first, char last, char one) =>
        (one >= first && one <= last) || (char.ToUpperInvariant(one) is var upper && upper >= first && upper <= last) || (char.ToLowerInvariant(one) is var lower && lower >= first && lower <= last);
}
