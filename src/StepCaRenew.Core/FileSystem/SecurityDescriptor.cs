namespace StepCaRenew.FileSystem;

/// <summary>Owner and allowing rules of a security descriptor.</summary>
/// <param name="Owner">The SID; null where none is said.</param>
/// <param name="Allowed">The rules; null where there is no DACL at all, which lets everyone do everything.</param>
/// <remarks>
/// Read from text by ourselves, since .NET has its descriptors on Windows only, and what decides about SYSTEM should be
/// tested everywhere. Rules that deny are left out: whoever is denied something and allowed it is taken to have it.
/// </remarks>
internal sealed record SecurityDescriptor(string? Owner, IReadOnlyList<AccessRule>? Allowed)
{
    private const string NullDacl = "NO_ACCESS_CONTROL";

    /// <summary>Reads SDDL (MS-DTYP 2.5.1.1).</summary>
    /// <exception cref="FormatException">It is none that we know in full.</exception>
    public static SecurityDescriptor Parse(string sddl)
    {
        var sections = SddlText.Sections(sddl);
        var owner = sections.TryGetValue('O', out var text) ? Sid(text) : null;
        if (!sections.TryGetValue('D', out var dacl) || dacl.TrimStart('P', 'A', 'R', 'I') == NullDacl)
            return new SecurityDescriptor(owner, null);
        return new SecurityDescriptor(owner, [.. SddlText.Entries(dacl).Select(Rule).OfType<AccessRule>()]);
    }

    // type;flags;rights;object;inherited object;trustee, and a condition or an attribute behind that.
    private static AccessRule? Rule(string entry)
    {
        var fields = entry.Split(';', 7);
        if (fields.Length < 6)
            throw new FormatException($"'{entry}' is no access rule.");
        return fields[0] switch
        {
            // With a condition (XA) or for a kind of object (OA), it may not hold; it is taken as if it did.
            "A" or "XA" or "OA" or "ZA" => new AccessRule(Sid(fields[5]), SddlRights.Parse(fields[2]), Flags(fields[1]).Contains("IO")),
            "D" or "XD" or "OD" => null,
            _ => throw new FormatException($"'{fields[0]}' is no kind of access rule."),
        };
    }

    private static string[] Flags(string text) => [.. text.Chunk(2).Select(pair => new string(pair))];

    /// <summary>A SID as it is written in SDDL, or the letters of one that only a domain knows.</summary>
    /// <exception cref="FormatException">It is no SID.</exception>
    internal static string Sid(string text)
    {
        if (text.StartsWith("S-1-", StringComparison.OrdinalIgnoreCase) && text.Skip(4).All(one => char.IsAsciiDigit(one) || one == '-') && text[^1] != '-')
            return text.ToUpperInvariant();
        return WellKnownSids.FromLetters(text) ?? throw new FormatException($"'{text}' is no SID.");
    }
}
