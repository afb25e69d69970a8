using System.Globalization;

namespace StepCaRenew.FileSystem;

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
