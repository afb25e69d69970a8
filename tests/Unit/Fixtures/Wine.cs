using System.Runtime.InteropServices;

namespace StepCaRenew.Unit.Fixtures;

/// <summary>Whether Windows is Wine: some rules of the real one are stricter or kinder there.</summary>
internal static class Wine
{
    public static bool IsHere { get; } =
        OperatingSystem.IsWindows() && NativeLibrary.TryLoad("ntdll.dll", out var library) && NativeLibrary.TryGetExport(library, "wine_get_version", out _);
}
