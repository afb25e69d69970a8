namespace StepCaRenew.FileSystem;

/// <summary>The outer form of SDDL: sections with a letter and a colon, entries in parentheses.</summary>
internal static class SddlText
{
    /// <summary>The text of each section by its letter.</summary>
    /// <exception cref="FormatException">The text does not have this form.</exception>
    public static Dictionary<char, string> Sections(string sddl)
    {
        Dictionary<char, string> sections = [];
        // Within parentheses, a colon is part of a condition or an attribute.
        var starts = Outside(sddl).Where(at => sddl[at] == ':').Select(at => at - 1).ToList();
        if (sddl.Length > 0 && (starts.Count == 0 || starts[0] != 0))
            throw new FormatException("SDDL must begin with a section.");
        foreach (var (start, end) in starts.Zip(starts.Skip(1).Append(sddl.Length)))
        {
            if (end < start + 2 || "OGDS".IndexOf(sddl[start], StringComparison.Ordinal) < 0 || !sections.TryAdd(sddl[start], sddl[(start + 2)..end]))
                throw new FormatException($"'{sddl[start..]}' is not a section of SDDL.");
        }

        return sections;
    }

    /// <summary>The entries of an ACL, without their parentheses.</summary>
    public static IEnumerable<string> Entries(string acl)
    {
        var opened = acl.IndexOf('(', StringComparison.Ordinal);
        if (acl.AsSpan(0, opened < 0 ? acl.Length : opened).IndexOfAnyExcept("PARI") >= 0)
            throw new FormatException($"'{acl}' has flags that are not those of an ACL.");
        for (var depth = 0; opened >= 0 && opened < acl.Length;)
        {
            var end = opened;
            do
            {
                depth += acl[end] switch { '(' => 1, ')' => -1, _ => 0 };
                end++;
            }
            while (depth > 0 && end < acl.Length);
            if (depth != 0 || acl[opened] != '(')
                throw new FormatException($"'{acl}' has an entry without an end, or text between entries.");
            yield return acl[(opened + 1)..(end - 1)];
            opened = end;
        }
    }

    private static IEnumerable<int> Outside(string text)
    {
        var depth = 0;
        for (var at = 0; at < text.Length; at++)
        {
            depth += text[at] switch { '(' => 1, ')' => -1, _ => 0 };
            if (depth == 0)
                yield return at;
        }
    }
}
