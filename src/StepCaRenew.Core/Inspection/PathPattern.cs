using System.Text;

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

    /// <summary>The files and folders that a pattern finds, in the order of their paths.</summary>
    /// <param name="pattern">A full path with wildcards.</param>
    /// <exception cref="RenewalException">The folder before the first wildcard cannot be read.</exception>
    public static IReadOnlyList<string> Find(string pattern)
    {
        var root = FolderOf(pattern);
        List<string> found = [root];
        foreach (var part in pattern[Path.GetPathRoot(pattern)!.Length..].Split(Separators, StringSplitOptions.RemoveEmptyEntries).Skip(CountParts(root)))
            found = HasWildcards(part) ? [.. found.SelectMany(folder => Match(folder, part, isFirst: folder == root))] : [.. found.Select(folder => Path.Combine(folder, ToLiteral(part))).Where(Path.Exists)];
        found.Sort(StringComparer.Ordinal);
        return found;
    }

    /// <summary>Whether a name matches a pattern.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        while (pattern.Length > 0)
        {
            if (pattern[0] == '*')
            {
                for (var start = 0; start <= name.Length; start++)
                {
                    if (Matches(pattern[1..], name[start..]))
                        return true;
                }

                return false;
            }

            if (name.Length == 0)
                return false;
            var length = MatchOne(pattern, name[0]);
            if (length == 0)
                return false;
            pattern = pattern[length..];
            name = name[1..];
        }

        return name.Length == 0;
    }

    private static char[] Separators { get; } = OperatingSystem.IsWindows() ? ['\\', '/'] : ['/'];

    private static int CountParts(string path) => path[Path.GetPathRoot(path)!.Length..].Split(Separators, StringSplitOptions.RemoveEmptyEntries).Length;

    // Folders that cannot be read are passed over, as in PowerShell, but not the one that the user named.
    private static IEnumerable<string> Match(string folder, string pattern, bool isFirst)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(folder, "*", All).Where(path => Path.GetFileName(path.AsSpan()) is var name && (OperatingSystem.IsWindows() || name[0] != '.') && Matches(pattern, name))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && !isFirst)
        {
            return [];
        }
        catch (UnauthorizedAccessException e)
        {
            throw new RenewalException(ErrorId.AccessDenied, $"The folder '{folder}' cannot be read: this account does not have permission.", "Run as a user who can read the folder, or give this user read permission.", e);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (IOException e)
        {
            throw new RenewalException(ErrorId.FolderUnreadable, $"The folder '{folder}' cannot be read: {e.Message}", "Check the folder and its volume.", e);
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
