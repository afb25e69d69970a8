using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.AccessControl;
using Microsoft.Win32.SafeHandles;
using static StepCaRenew.FileSystem.Native.WindowsNative;

namespace StepCaRenew.FileSystem;

/// <summary>
/// Security descriptors of files and folders as bytes, by handle. .NET's calls take paths of up to 259 characters, and when
/// they write an access list, Windows replaces its inherited entries. Tested under Wine only.
/// </summary>
[SupportedOSPlatform("windows")]
internal static partial class WindowsDescriptor
{
    private const uint OwnerInformation = 1;
    private const uint GroupInformation = 2;
    private const uint AccessInformation = 4;
    private const uint ReadControl = 0x20000;
    private const uint WriteAccess = 0x40000;
    private const FileShare ShareAll = FileShare.ReadWrite | FileShare.Delete;
    private const int TooSmall = 122;
    private const int InvalidOwner = 1307;
    private const int PrivilegeNotHeld = 1314;
    private const int ControlOffset = 2;
    private const int Inherits = 0x0400;
    private const int KeepInherits = 0x0100;
    private const int Protected = 0x1000;

    /// <summary>Owner, group and access list of a path.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This account does not have permission to read it.</exception>
    public static byte[] Read(string path, bool followLinks)
    {
        // Also opens a folder, or a link itself. This right conflicts with no other open handle.
        using var handle = CreateFile(LongPath.WithPrefix(path), ReadControl, ShareAll, 0, OpenExisting, BackupSemantics | (followLinks ? 0 : OpenReparsePoint), 0);
        return handle.IsInvalid ? throw Failure(Marshal.GetLastPInvokeError(), path) : Read(handle);
    }

    /// <summary>Owner, group and access list of an open file.</summary>
    public static byte[] Read(SafeFileHandle handle)
    {
        const uint All = OwnerInformation | GroupInformation | AccessInformation;
        for (var bytes = new byte[1024]; ;)
        {
            if (GetKernelObjectSecurity(handle, All, bytes, (uint)bytes.Length, out var needed))
                return bytes;
            var error = Marshal.GetLastPInvokeError();
            if (error != TooSmall || needed <= bytes.Length)
                throw Failure(error, null);
            bytes = new byte[needed];
        }
    }

    /// <summary>A descriptor as text, with owner and access list.</summary>
    public static string Sddl(byte[] descriptor) =>
        new RawSecurityDescriptor(descriptor, 0).GetSddlForm(AccessControlSections.Owner | AccessControlSections.Access);

    /// <summary>The descriptor of a text.</summary>
    public static byte[] FromSddl(string sddl)
    {
        var descriptor = new RawSecurityDescriptor(sddl);
        var bytes = new byte[descriptor.BinaryLength];
        descriptor.GetBinaryForm(bytes, 0);
        return bytes;
    }

    /// <summary>Gives an open file exactly the access list of a descriptor, without entries of the file's present folder.</summary>
    /// <param name="handle">The file, open with the right to change its permissions.</param>
    /// <param name="descriptor">The descriptor.</param>
    /// <param name="asProtected">Whether the list is also protected from entries that the folder passes on later.</param>
    public static void SetAccess(SafeFileHandle handle, byte[] descriptor, bool asProtected)
    {
        var copy = (byte[])descriptor.Clone();
        var control = BitConverter.ToUInt16(copy, ControlOffset);
        // Windows keeps the flag "inherits" only if it is requested.
        var wanted = control | ((control & Inherits) == 0 ? 0 : KeepInherits) | (asProtected ? Protected : 0);
        BitConverter.TryWriteBytes(copy.AsSpan(ControlOffset), (ushort)wanted);
        if (!SetKernelObjectSecurity(handle, AccessInformation, copy))
            throw Failure(Marshal.GetLastPInvokeError(), null);
    }

    /// <summary>Gives a file an access list.</summary>
    /// <inheritdoc cref="Read(string, bool)"/>
    /// <param name="path">The file.</param>
    /// <param name="sddl">The access list as SDDL.</param>
    public static void SetAccess(string path, string sddl)
    {
        using var handle = CreateFile(LongPath.WithPrefix(path), ReadControl | WriteAccess, ShareAll, 0, OpenExisting, OpenReparsePoint, 0);
        if (handle.IsInvalid)
            throw Failure(Marshal.GetLastPInvokeError(), path);
        SetAccess(handle, FromSddl(sddl), asProtected: false);
    }

    /// <summary>Gives an open file the owner of a descriptor, and its group if Windows allows that too.</summary>
    /// <returns>Zero, or the error of Windows.</returns>
    public static int SetOwner(SafeFileHandle handle, byte[] descriptor)
    {
        if (!SetKernelObjectSecurity(handle, OwnerInformation, descriptor))
            return Marshal.GetLastPInvokeError();
        // Only programs of the POSIX subsystem ever used it.
        _ = SetKernelObjectSecurity(handle, GroupInformation, descriptor);
        return 0;
    }

    private static Exception Failure(int error, string? path) => error is InvalidOwner or PrivilegeNotHeld
        ? new UnauthorizedAccessException(new Win32Exception(error).Message)
        : ToException(error, path ?? "the open file");

    [LibraryImport("advapi32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetKernelObjectSecurity(SafeFileHandle handle, uint information, byte[] descriptor, uint length, out uint needed);

    [LibraryImport("advapi32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool SetKernelObjectSecurity(SafeFileHandle handle, uint information, byte[] descriptor);
}
