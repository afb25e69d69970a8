using System.Globalization;

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

/// <summary>The rights of an access rule as bits, from SDDL's letters or a number (MS-DTYP 2.5.1.1).</summary>
internal static class SddlRights
{
    public const uint WriteData = 0x2;
    public const uint AppendData = 0x4;
    public const uint DeleteChild = 0x40;
    public const uint WriteAttributes = 0x100;
    public const uint Delete = 0x10000;
    public const uint WriteDac = 0x40000;
    public const uint WriteOwner = 0x80000;
    public const uint GenericAll = 0x10000000;
    public const uint GenericWrite = 0x40000000;

    // Letters of Active Directory and of the registry mean the same bits: CC is the lowest bit, DC (not DT!) adds a file.
    private static readonly Dictionary<string, uint> Letters = new()
    {
        ["CC"] = 0x1,
        ["DC"] = 0x2,
        ["LC"] = 0x4,
        ["SW"] = 0x8,
        ["RP"] = 0x10,
        ["WP"] = 0x20,
        ["DT"] = 0x40,
        ["LO"] = 0x80,
        ["CR"] = 0x100,
        ["SD"] = Delete,
        ["RC"] = 0x20000,
        ["WD"] = WriteDac,
        ["WO"] = WriteOwner,
        ["GA"] = GenericAll,
        ["GX"] = 0x20000000,
        ["GW"] = GenericWrite,
        ["GR"] = 0x80000000,
        ["FA"] = 0x1F01FF,
        ["FR"] = 0x120089,
        ["FW"] = 0x120116,
        ["FX"] = 0x1200A0,
        ["KA"] = 0xF003F,
        ["KR"] = 0x20019,
        ["KW"] = 0x20006,
        ["KX"] = 0x20019,
    };

    private static readonly (uint Generic, uint OfFile)[] Generics = [(GenericAll, 0x1F01FF), (0x80000000, 0x120089), (GenericWrite, 0x120116), (0x20000000, 0x1200A0)];

    /// <summary>Reads rights.</summary>
    /// <exception cref="FormatException">The text does not name rights.</exception>
    public static uint Parse(string text)
    {
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return uint.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex) ? hex : throw Unknown(text);
        // With a leading zero it would be octal, which Windows never writes.
        if (text.Length > 0 && char.IsAsciiDigit(text[0]))
            return (text[0] != '0' || text.Length == 1) && uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Unknown(text);
        return text.Chunk(2).Aggregate(0u, (rights, pair) => rights | (Letters.TryGetValue(new string(pair), out var right) ? right : throw Unknown(text)));
    }

    /// <summary>The rights, with generic ones translated to rights of files, as Windows does when it creates a file.</summary>
    public static uint WithoutGeneric(uint rights) =>
        Generics.Aggregate(rights, (all, generic) => (all & generic.Generic) == 0 ? all : (all & ~generic.Generic) | generic.OfFile);

    private static FormatException Unknown(string text) => new($"'{text}' does not name rights.");
}
