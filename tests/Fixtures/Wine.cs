using System.Runtime.InteropServices;

namespace StepCaRenew.Fixtures;

/// <summary>Wine in the place of Windows. Tests of features that Wine does not have are skipped there, with the reason.</summary>
internal static class Wine
{
    private static readonly string[] Lacking = ["p384", "p521", "p224", "brainpool", "secp256k1", "explicit-curve", "P-384", "P-521"];

    public static bool IsHere { get; } = OperatingSystem.IsWindows() && NativeLibrary.TryLoad("ntdll.dll", out var ntdll) && NativeLibrary.TryGetExport(ntdll, "wine_get_version", out _);

    public static void Skip(string because) => Assert.SkipWhen(IsHere, $"Wine: {because}");

    /// <summary>Skips the test of a key, which is named by its file or its algorithm, if Wine's bcrypt does not know the curve.</summary>
    public static void SkipCurve(string key) => Assert.SkipWhen(LacksCurve(key), "Wine: its bcrypt has no key of this curve");

    public static bool LacksCurve(string key) => IsHere && Lacking.Any(part => key.Contains(part, StringComparison.OrdinalIgnoreCase));
}
