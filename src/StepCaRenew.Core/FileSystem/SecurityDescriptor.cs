using StepCaRenew.Accounts;

namespace StepCaRenew.FileSystem;

/// <summary>The owner and the allowing rules of a security descriptor.</summary>
/// <param name="Owner">The SID; null if the text does not name one.</param>
/// <param name="Allowed">The rules; null if there is no DACL, which gives everyone all rights.</param>
/// <remarks>
/// .NET has this on Windows only, and the tests of what SYSTEM may run should run on every platform. Denying rules are left
/// out: an account that is both allowed and denied a right counts as having it.
/// </remarks>
internal sealed record SecurityDescriptor(string? Owner, IReadOnlyList<AccessRule>? Allowed)
{
    private const string NullDacl = "NO_ACCESS_CONTROL";

    /// <summary>Reads SDDL (MS-DTYP 2.5.1.1).</summary>
    /// <exception cref="FormatException">The text is not SDDL, or uses a part of it that is not supported.</exception>
    public static SecurityDescriptor Parse(string sddl)
    {
        var sections = SddlText.Sections(sddl);
        var owner = sections.TryGetValue('O', out var text) ? Sid(text) : null;
        if (!sections.TryGetValue('D', out var dacl) || dacl.TrimStart('P', 'A', 'R', 'I') == NullDacl)
            return new SecurityDescriptor(owner, null);
        return new SecurityDescriptor(owner, [.. SddlText.Entries(dacl).Select(Rule).OfType<AccessRule>()]);
    }

    // type;flags;rights;object;inherited object;trustee, then optionally a condition or an attribute.
    private static AccessRule? Rule(string entry)
    {
        var fields = entry.Split(';', 7);
        if (fields.Length < 6)
            throw new FormatException($"'{entry}' is not an access rule.");
        return fields[0] switch
        {
            // Rules with a condition (XA) or for a kind of object (OA) count as if they always applied.
            "A" or "XA" or "OA" or "ZA" => new AccessRule(Sid(fields[5]), SddlRights.Parse(fields[2]), Flags(fields[1]).Contains("IO")),
            "D" or "XD" or "OD" => null,
            _ => throw new FormatException($"'{fields[0]}' is not a kind of access rule."),
        };
    }

    private static string[] Flags(string text) => [.. text.Chunk(2).Select(pair => new string(pair))];

    /// <summary>A SID from SDDL, or the letters of one that is different in every domain.</summary>
    /// <exception cref="FormatException">The text is not a SID.</exception>
    internal static string Sid(string text)
    {
        if (text.StartsWith("S-1-", StringComparison.OrdinalIgnoreCase) && text.Skip(4).All(one => char.IsAsciiDigit(one) || one == '-') && text[^1] != '-')
            return text.ToUpperInvariant();
        return WellKnownSids.FromLetters(text) ?? throw new FormatException($"'{text}' is not a SID.");
    }
}
