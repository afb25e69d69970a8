using System.Globalization;
using System.Text;

namespace StepCaRenew.Scheduling.Systemd;

/// <summary>Names of units, escaped as by systemd-escape(1): "-" means a slash, so a hyphen becomes \x2d.</summary>
internal static class UnitName
{
    public static string Service(string renewal) => $"stepcarenew-{Escape(renewal)}.service";

    public static string Timer(string renewal) => $"stepcarenew-{Escape(renewal)}.timer";

    /// <summary>Escapes a text that is not a path.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (var one in Encoding.UTF8.GetBytes(text))
        {
            if (one == '/')
                escaped.Append('-');
            else if (char.IsAsciiLetterOrDigit((char)one) || one is (byte)':' or (byte)'_' || (one == '.' && escaped.Length > 0))
                escaped.Append((char)one);
            else
                escaped.Append(CultureInfo.InvariantCulture, $"\\x{one:x2}");
        }

        return escaped.ToString();
    }

    /// <summary>The original of an escaped text.</summary>
    public static string Unescape(string name)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] == '\\' && i + 3 < name.Length && name[i + 1] == 'x' && byte.TryParse(name.AsSpan(i + 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var one))
            {
                bytes.Add(one);
                i += 3;
            }
            else
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(name[i] == '-' ? "/" : $"{name[i]}"));
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}

/// <summary>Quotes words of a unit file (systemd.syntax(7), systemd.service(5)).</summary>
internal static class UnitQuoting
{
    /// <summary>A command line for ExecStart.</summary>
    /// <exception cref="RenewalException">systemd cannot run a program with this path.</exception>
    public static string Command(RunCommand command)
    {
        // With one of these in the path of a program, quoted or not, systemd refuses the unit.
        if (command.Program.Any(one => one is '\'' or '"' or '\\' || char.IsControl(one)))
            throw new RenewalException(
                ErrorId.ModulePathInvalid, $"systemd cannot run a program with a quotation mark, a backslash or a control character in its path: '{command.Program}'.", "Install pwsh in a folder without these characters.");
        return string.Join(' ', command.Arguments.Select(argument => Quote(argument, isArgument: true)).Prepend(Word(command.Program)));
    }

    /// <summary>Quotes a word in which <c>%</c> begins a specifier and <c>$</c> has no meaning: the program, or the assignment of a variable.</summary>
    public static string Word(string text) => Quote(text, isArgument: false);

    /// <summary>Quotes a path in a list of paths, which cannot have escaped control characters.</summary>
    /// <exception cref="RenewalException">The path has a control character.</exception>
    public static string FolderWord(string path)
    {
        if (path.Any(char.IsControl))
            throw new RenewalException(ErrorId.ModulePathInvalid, $"The folder '{path}' cannot be used in a unit: its name has a control character.", "Rename the folder.");
        // "-": for a missing folder the run gives a better error than systemd's "226/NAMESPACE".
        return Quote($"-{path}", isArgument: false);
    }

    /// <summary>A description without its full stop, since systemd adds one in the journal.</summary>
    public static string Description(string text) => text.TrimEnd('.').Replace("%", "%%", StringComparison.Ordinal);

    private static string Quote(string text, bool isArgument)
    {
        var quoted = new StringBuilder();
        var isPlain = text.Length > 0;
        foreach (var one in text)
        {
            isPlain &= char.IsAsciiLetterOrDigit(one) || one is '/' or '-' or '.' or '_' or '=' or '%' or '$';
            _ = one switch
            {
                '%' => quoted.Append("%%"),
                '$' when isArgument => quoted.Append("$$"),
                '\\' or '"' => quoted.Append('\\').Append(one),
                _ when char.IsControl(one) => Escape(quoted, one),
                _ => quoted.Append(one),
            };
        }

        return isPlain ? quoted.ToString() : $"\"{quoted}\"";
    }

    private static StringBuilder Escape(StringBuilder quoted, char control)
    {
        foreach (var one in Encoding.UTF8.GetBytes([control]))
            quoted.Append(CultureInfo.InvariantCulture, $"\\x{one:x2}");
        return quoted;
    }
}

/// <summary>Reads and compares unit files (systemd.syntax(7)).</summary>
internal static class UnitFile
{
    /// <summary>The entries in their order, without comments; any other line is an entry without a value.</summary>
    public static IReadOnlyList<UnitEntry> Parse(string text)
    {
        var (section, entries) = (string.Empty, new List<UnitEntry>());
        foreach (var line in Lines(text))
        {
            if (line is ['[', .. var name, ']'])
                section = name;
            else if (line.IndexOf('=', StringComparison.Ordinal) is >= 0 and var at)
                entries.Add(new(section, line[..at].TrimEnd(), line[(at + 1)..].TrimStart()));
            else
                entries.Add(new(section, line, string.Empty));
        }

        return entries;
    }

    /// <summary>A sentence for each difference of a unit from what it should be; order of keys and comments do not count.</summary>
    public static IEnumerable<string> Differences(string unit, string expected, string found)
    {
        var (wanted, there) = (ByKey(expected), ByKey(found));
        foreach (var (key, values) in wanted)
        {
            if (!there.TryGetValue(key, out var others))
                yield return $"{unit}: {key.Key}={string.Join(", ", values)} is missing in [{key.Section}].";
            else if (!values.SequenceEqual(others))
                yield return $"{unit}: {key.Key} is {Quoted(others)} instead of {Quoted(values)}.";
        }

        foreach (var (key, values) in there.Where(entry => !wanted.ContainsKey(entry.Key)))
            yield return $"{unit}: {key.Key}={string.Join(", ", values)} in [{key.Section}] should not be there.";
    }

    // A line that ends with a backslash continues in the next one; comments in between are skipped.
    private static IEnumerable<string> Lines(string text)
    {
        var line = new StringBuilder();
        foreach (var raw in text.Split('\n'))
        {
            var part = raw.Trim();
            if (part is ['#' or ';', ..] || (part.Length == 0 && line.Length == 0))
                continue;
            line.Append(part.EndsWith('\\') ? part[..^1] + " " : part);
            if (part.EndsWith('\\'))
                continue;
            yield return line.ToString();
            line.Clear();
        }

        if (line.Length > 0)
            yield return line.ToString().TrimEnd();
    }

    private static Dictionary<(string Section, string Key), string[]> ByKey(string text) => Parse(text)
        .GroupBy(entry => (entry.Section, entry.Key))
        .ToDictionary(group => group.Key, group => group.Select(entry => entry.Value).ToArray());

    private static string Quoted(string[] values) => string.Join(", ", values.Select(value => $"'{value}'"));
}

/// <summary>A line of a unit file.</summary>
/// <param name="Section">Its section.</param>
/// <param name="Key">Its key, which can occur several times.</param>
/// <param name="Value">Its value.</param>
internal sealed record UnitEntry(string Section, string Key, string Value);

/// <summary>Splits a value into words at white space that is not quoted or escaped.</summary>
internal static class UnitWords
{
    private const char None = '\0';

    public static IReadOnlyList<string> Split(string value)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        var quote = None;
        for (var i = 0; i < value.Length; i++)
        {
            var one = value[i];
            if (quote == None && char.IsWhiteSpace(one))
            {
                if (word is not null)
                    words.Add(word.ToString());
                word = null;
                continue;
            }

            word ??= new();
            if (one == '\\' && i + 1 < value.Length)
                word.Append(value[++i]);
            else if (quote == None && (one is '"' or '\''))
                quote = one;
            else if (one == quote)
                quote = None;
            else
                word.Append(one);
        }

        if (word is not null)
            words.Add(word.ToString());
        return words;
    }
}
