using System.Runtime.InteropServices;

namespace StepCaRenew.WineHook;

/// <summary>The libraries of tests/Wine/Shim, which are next to this assembly and come between .NET and Wine's.</summary>
internal static class Libraries
{
    private static readonly (string Start, string File)[] Replaced =
        [("bcrypt", "cryptshim.dll"), ("ncrypt", "cryptshim.dll"), ("crypt32", "crypt32shim.dll"), ("sspicli", "sspishim.dll")];

    /// <summary>The library to use for a name; 0 for the one that .NET would use.</summary>
    public static nint Find(string name)
    {
        foreach (var (start, file) in Replaced)
        {
            if (name.StartsWith(start, StringComparison.OrdinalIgnoreCase))
                return Load(file);
        }

        return 0;
    }

    public static nint Load(string file) => NativeLibrary.Load(Path.Combine(Folder, file));

    private static string Folder { get; } = Path.GetDirectoryName(typeof(Libraries).Assembly.Location)!;
}
