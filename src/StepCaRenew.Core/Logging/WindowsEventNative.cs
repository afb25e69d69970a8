using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace StepCaRenew.Logging;

/// <summary>The calls of the event log of Windows; .NET's class for it is in a package that the module does not ship.</summary>
[SupportedOSPlatform("windows")]
internal static partial class WindowsEventNative
{
    [LibraryImport("advapi32", EntryPoint = "RegisterEventSourceW", StringMarshalling = StringMarshalling.Utf16)]
    internal static partial nint RegisterEventSource(string? server, string source);

    [LibraryImport("advapi32", EntryPoint = "ReportEventW")]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool ReportEvent(
        nint source, ushort type, ushort category, uint id, nint user, ushort stringCount, uint dataSize, nint strings, nint data);

    [LibraryImport("advapi32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool DeregisterEventSource(nint source);
}
