namespace StepCaRenew.FileSystem;

/// <summary>One entry of an access list, in a form that can be compared.</summary>
/// <param name="Kind">SDDL's letters for its kind: A allows, D denies.</param>
/// <param name="Trustee">The SID.</param>
/// <param name="Rights">The rights as bits of files; generic rights are translated.</param>
/// <param name="Flags">How it is passed on (OI, CI, NP, IO), in order and without a separator.</param>
/// <param name="Objects">The kinds of objects, a semicolon between them; files have none.</param>
/// <param name="Condition">A condition or an attribute with the semicolon before it; empty for most.</param>
/// <param name="IsInherited">Whether it came from the folder.</param>
internal sealed record DaclEntry(string Kind, string Trustee, uint Rights, string Flags, string Objects, string Condition, bool IsInherited)
{
    /// <summary>Whether it allows something.</summary>
    public bool IsAllowing => Kind is "A" or "XA" or "OA" or "ZA";

    /// <summary>Whether it says nothing of the file or folder itself.</summary>
    public bool IsInheritOnly => Flags.Contains("IO", StringComparison.Ordinal);

    /// <summary>Whether it is passed on to files.</summary>
    public bool IsForFiles => Flags.Contains("OI", StringComparison.Ordinal);

    /// <summary>The entry in SDDL for a file: it is its own, and there is nothing to pass it on to.</summary>
    public string ForFile => $"({Kind};;0x{Rights:x};{Objects};{Trustee}{Condition})";

    /// <summary>Reads an entry.</summary>
    /// <exception cref="FormatException">It is not an entry that we know in full.</exception>
    public static DaclEntry Parse(string text)
    {
        var fields = text.Split(';', 7);
        if (fields.Length < 6)
            throw new FormatException($"'{text}' is no access rule.");
        var flags = fields[1].Chunk(2).Select(pair => new string(pair)).ToHashSet();
        return new DaclEntry(
            fields[0], SecurityDescriptor.Sid(fields[5]), SddlRights.WithoutGeneric(SddlRights.Parse(fields[2])),
            string.Concat(flags.Where(flag => flag != "ID").Order(StringComparer.Ordinal)),
            $"{fields[3]};{fields[4]}", fields.Length == 7 ? $";{fields[6]}" : string.Empty, flags.Contains("ID"));
    }
}
