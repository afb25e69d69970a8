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
