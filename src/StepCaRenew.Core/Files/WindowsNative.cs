using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace StepCaRenew.Files;

/// <summary>The one call of Windows that .NET has no face for. Not verified on Windows.</summary>
[SupportedOSPlatform("windows")]
internal static partial class WindowsNative
{
    [LibraryImport("kernel32", EntryPoint = "CreateHardLinkW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool CreateHardLink(string name, string existing, nint security);
}
