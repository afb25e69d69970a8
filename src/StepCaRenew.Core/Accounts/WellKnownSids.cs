namespace StepCaRenew.Accounts;

/// <summary>The SIDs for which SDDL has letters (MS-DTYP 2.4.2.4, 2.5.1.1), and the names of some of them.</summary>
internal static class WellKnownSids
{
    /// <summary>Letters of accounts that have another SID in every domain or on every machine: they are not replaced with a SID.</summary>
    private static readonly HashSet<string> OfDomains =
        ["LA", "LG", "DA", "DU", "DG", "DC", "DD", "CA", "SA", "EA", "PA", "RS", "RO", "CN", "AP", "KA", "EK", "HO", "CY"];

    private static readonly Dictionary<string, string> Letters = new()
    {
        ["WD"] = "S-1-1-0",
        ["CO"] = "S-1-3-0",
        ["CG"] = "S-1-3-1",
        ["OW"] = "S-1-3-4",
        ["NU"] = "S-1-5-2",
        ["IU"] = "S-1-5-4",
        ["SU"] = "S-1-5-6",
        ["AN"] = "S-1-5-7",
        ["ED"] = "S-1-5-9",
        ["PS"] = "S-1-5-10",
        ["AU"] = "S-1-5-11",
        ["RC"] = "S-1-5-12",
        ["SY"] = "S-1-5-18",
        ["LS"] = "S-1-5-19",
        ["NS"] = "S-1-5-20",
        ["BA"] = "S-1-5-32-544",
        ["BU"] = "S-1-5-32-545",
        ["BG"] = "S-1-5-32-546",
        ["PU"] = "S-1-5-32-547",
        ["AO"] = "S-1-5-32-548",
        ["SO"] = "S-1-5-32-549",
        ["PO"] = "S-1-5-32-550",
        ["BO"] = "S-1-5-32-551",
        ["RE"] = "S-1-5-32-552",
        ["RU"] = "S-1-5-32-554",
        ["RD"] = "S-1-5-32-555",
        ["NO"] = "S-1-5-32-556",
        ["MU"] = "S-1-5-32-558",
        ["LU"] = "S-1-5-32-559",
        ["IS"] = "S-1-5-32-568",
        ["ER"] = "S-1-5-32-573",
        ["CD"] = "S-1-5-32-574",
        ["RA"] = "S-1-5-32-575",
        ["ES"] = "S-1-5-32-576",
        ["MS"] = "S-1-5-32-577",
        ["HA"] = "S-1-5-32-578",
        ["AA"] = "S-1-5-32-579",
        ["RM"] = "S-1-5-32-580",
        ["AC"] = "S-1-15-2-1",
    };

    private static readonly Dictionary<string, string> Names = new()
    {
        ["S-1-1-0"] = "Everyone",
        ["S-1-3-0"] = "CREATOR OWNER",
        ["S-1-5-11"] = "Authenticated Users",
        ["S-1-5-32-545"] = "Users",
    };

    public const string CreatorOwner = "S-1-3-0";
    public const string System = "S-1-5-18";
    public const string LocalService = "S-1-5-19";
    public const string NetworkService = "S-1-5-20";

    /// <summary>
    /// SYSTEM, the administrators, TrustedInstaller, the machine's Administrator, who cannot leave that group, and OWNER
    /// RIGHTS, which belong to the owner, who is checked anyway.
    /// </summary>
    public static IReadOnlySet<string> Trusted { get; } = new HashSet<string>
    {
        "S-1-5-18", "S-1-5-32-544", "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464", "LA", "S-1-3-4",
    };

    /// <summary>A SID as SDDL writes it: by its numbers or by letters. It stays letters if it is different in every domain.</summary>
    /// <exception cref="FormatException">The text is not a SID.</exception>
    public static string Parse(string text)
    {
        if (text.StartsWith("S-1-", StringComparison.OrdinalIgnoreCase) && text.Skip(4).All(one => char.IsAsciiDigit(one) || one == '-') && text[^1] != '-')
            return text.ToUpperInvariant();
        if (Letters.TryGetValue(text, out var sid))
            return sid;
        return OfDomains.Contains(text) ? text : throw new FormatException($"'{text}' is not a SID.");
    }

    /// <summary>The name of a SID; null for most.</summary>
    public static string? NameOf(string sid) => Names.GetValueOrDefault(sid);
}
