using StepCaRenew.Accounts;

namespace StepCaRenew.FileSystem;

/// <summary>The access list of a file or folder, read from SDDL on any platform, so that it can be compared with another one.</summary>
/// <param name="Owner">The owner's SID; null if the text does not name one.</param>
/// <param name="IsProtected">Whether it gets no entries from its folder.</param>
/// <param name="Entries">The entries in their order; null if there is no list, which gives everyone all rights.</param>
internal sealed record Dacl(string? Owner, bool IsProtected, IReadOnlyList<DaclEntry>? Entries)
{
    private const string None = "NO_ACCESS_CONTROL";

    /// <summary>Reads SDDL.</summary>
    /// <exception cref="FormatException">The text is not SDDL, or uses a part of it that is not supported.</exception>
    public static Dacl Parse(string sddl)
    {
        var sections = SddlText.Sections(sddl);
        var owner = sections.TryGetValue('O', out var text) ? WellKnownSids.Parse(text) : null;
        if (!sections.TryGetValue('D', out var dacl))
            return new Dacl(owner, false, null);
        var isEmpty = dacl.TrimStart('P', 'A', 'R', 'I') == None;
        var isProtected = !isEmpty && dacl.TakeWhile(one => one != '(').Contains('P');
        return new Dacl(owner, isProtected, isEmpty ? null : [.. SddlText.Entries(dacl).Select(DaclEntry.Parse)]);
    }

    /// <summary>Whether two files give the same rights to the same accounts, whether an entry is inherited or not.</summary>
    public bool GrantsTheSameAs(Dacl other) =>
        IsProtected == other.IsProtected
        && (Entries is null || other.Entries is null
            ? Entries is null && other.Entries is null
            : Entries.Select(WithoutSource).SequenceEqual(other.Entries.Select(WithoutSource)));

    /// <summary>Whether this list gives no account more rights than another one.</summary>
    public bool IsAtLeastAsStrictAs(Dacl other)
    {
        if (other.Entries is null)
            return true;
        if (Entries is null)
            return false;
        var own = Effective(Entries);
        var theirs = Effective(other.Entries);
        return own.Where(entry => entry.IsAllowing).All(entry => (entry.FileRights & ~Sum(theirs, entry)) == 0)
            && theirs.Where(entry => !entry.IsAllowing).All(entry => (entry.FileRights & ~Sum(own, entry)) == 0);
    }

    private static DaclEntry WithoutSource(DaclEntry entry) => entry with { IsInherited = false, Rights = entry.FileRights };

    private static List<DaclEntry> Effective(IEnumerable<DaclEntry> entries) => [.. entries.Where(entry => !entry.IsInheritOnly)];

    // The rights of the same account under the same condition.
    private static uint Sum(List<DaclEntry> entries, DaclEntry like) => entries
        .Where(entry => entry.Kind == like.Kind && entry.Trustee == like.Trustee && entry.Objects == like.Objects && entry.Condition == like.Condition)
        .Aggregate(0u, (sum, entry) => sum | entry.FileRights);
}

/// <summary>An entry of an access list, in a form that can be compared.</summary>
/// <param name="Kind">SDDL's letters for its kind: A allows, D denies.</param>
/// <param name="Trustee">The SID.</param>
/// <param name="Rights">The rights as bits.</param>
/// <param name="Flags">How it is inherited (OI, CI, NP, IO), sorted, without separators.</param>
/// <param name="Objects">The kinds of objects, separated by a semicolon; empty for files.</param>
/// <param name="Condition">A condition or an attribute, with the semicolon before it; often empty.</param>
/// <param name="IsInherited">Whether it was inherited from the folder.</param>
internal sealed record DaclEntry(string Kind, string Trustee, uint Rights, string Flags, string Objects, string Condition, bool IsInherited)
{
    /// <summary>Whether it allows something.</summary>
    public bool IsAllowing => Kind is "A" or "XA" or "OA" or "ZA";

    /// <summary>Whether it does not apply to the file or folder itself.</summary>
    public bool IsInheritOnly => Has("IO");

    /// <summary>Whether files inherit it.</summary>
    public bool IsForFiles => Has("OI");

    /// <summary>The rights to a file: generic rights are translated.</summary>
    public uint FileRights => SddlRights.WithoutGeneric(Rights);

    /// <summary>The entry as SDDL of a file: not inherited, and without flags for inheritance.</summary>
    public string ForFile => $"({Kind};;0x{FileRights:x};{Objects};{Trustee}{Condition})";

    /// <summary>Reads an entry.</summary>
    /// <exception cref="FormatException">The text is not an entry, or uses a part of SDDL that is not supported.</exception>
    public static DaclEntry Parse(string text)
    {
        var fields = text.Split(';', 7);
        if (fields.Length < 6)
            throw new FormatException($"'{text}' is not an access rule.");
        if (fields[0] is not ("A" or "XA" or "OA" or "ZA" or "D" or "XD" or "OD"))
            throw new FormatException($"'{fields[0]}' is not a kind of access rule.");
        var flags = fields[1].Chunk(2).Select(pair => new string(pair)).ToHashSet();
        return new DaclEntry(
            fields[0], WellKnownSids.Parse(fields[5]), SddlRights.Parse(fields[2]),
            string.Concat(flags.Where(flag => flag != "ID").Order(StringComparer.Ordinal)),
            $"{fields[3]};{fields[4]}", fields.Length == 7 ? $";{fields[6]}" : string.Empty, flags.Contains("ID"));
    }

    // Letters in pairs: CIOI does not have IO.
    private bool Has(string flag) => Flags.Chunk(flag.Length).Any(pair => pair.AsSpan().SequenceEqual(flag));
}
