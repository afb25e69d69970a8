using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace StepCaRenew.Accounts;

/// <summary>Users and groups of Unix by name and by number, from all sources that the system is configured with.</summary>
[UnsupportedOSPlatform("windows")]
internal static unsafe partial class UnixAccounts
{
    private const int TooSmall = 34;
    private const int MostBytes = 1 << 24;

    private delegate int Query(byte* entry, byte* buffer, nint size, byte** result);

    /// <summary>The name of a user; its number if it has none.</summary>
    public static string UserName(uint user) =>
        Ask((entry, buffer, size, result) => UserByNumber(user, entry, buffer, size, result), Name) ?? $"{user}";

    /// <summary>The name of a group; its number if it has none.</summary>
    public static string GroupName(uint group) =>
        Ask((entry, buffer, size, result) => GroupByNumber(group, entry, buffer, size, result), Name) ?? $"{group}";

    /// <summary>The number of a user; null if there is no such user.</summary>
    public static uint? UserNumber(string name) =>
        Ask((entry, buffer, size, result) => UserByName(name, entry, buffer, size, result), entry => $"{((PasswordEntry*)entry)->User}") is { } number
            ? uint.Parse(number, System.Globalization.CultureInfo.InvariantCulture)
            : null;

    /// <summary>Reads the entry of a user (<c>struct passwd</c>) by name or, if that is null, by number. The entry is freed afterwards.</summary>
    internal static void ReadUser(string? name, uint number, Action<nint> read)
    {
        Query query = name is null
            ? (entry, buffer, size, result) => UserByNumber(number, entry, buffer, size, result)
            : (entry, buffer, size, result) => UserByName(name, entry, buffer, size, result);
        Ask(query, entry =>
        {
            read(entry);
            return null;
        });
    }

    /// <summary>The effective user of this process.</summary>
    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint Current();

    private static string? Name(nint entry) => Marshal.PtrToStringUTF8(((PasswordEntry*)entry)->Name);

    private static string? Ask(Query query, Func<nint, string?> read)
    {
        var head = stackalloc byte[256];
        for (var size = 4096; size <= MostBytes; size *= 4)
        {
            byte* result;
            fixed (byte* buffer = new byte[size])
            {
                var error = query(head, buffer, size, &result);
                // The text is in the buffer, so it must be read before the buffer is freed.
                if (error != TooSmall)
                    return error == 0 && result is not null ? read((nint)result) : null;
            }
        }

        return null;
    }

    [LibraryImport("libc", EntryPoint = "getpwuid_r")]
    private static partial int UserByNumber(uint user, byte* entry, byte* buffer, nint size, byte** result);

    [LibraryImport("libc", EntryPoint = "getpwnam_r", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UserByName(string name, byte* entry, byte* buffer, nint size, byte** result);

    [LibraryImport("libc", EntryPoint = "getgrgid_r")]
    private static partial int GroupByNumber(uint group, byte* entry, byte* buffer, nint size, byte** result);

    /// <summary>The head of <c>struct passwd</c>, the same on Linux and macOS; <c>struct group</c> begins with the name as well.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct PasswordEntry
    {
        public readonly nint Name;
        private readonly nint password;
        public readonly uint User;
    }
}
