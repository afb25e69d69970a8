using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace StepCaRenew.FileSystem.Native;

/// <summary>Calls of Windows that .NET does not offer. Tested under Wine only.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class WindowsNative
{
    // Access rights
    public const uint GenericRead = 0x8000_0000;
    public const uint GenericWrite = 0x4000_0000;
    public const uint ReadAttributes = 0x80;
    public const uint AppendData = 0x4;
    public const uint AddFile = 0x2;
    public const uint DeleteRight = 0x1_0000;
    public const uint Synchronize = 0x10_0000;

    // Whether to open an existing file or to create one
    public const uint OpenExisting = 3;
    public const uint OpenAlways = 4;

    // Flags of CreateFile
    public const uint OpenReparsePoint = 0x0020_0000;
    public const uint BackupSemantics = 0x0200_0000;
    public const uint WriteThrough = 0x8000_0000;

    // Flags of MoveFileEx
    public const uint MoveReplaceExisting = 0x1;
    public const uint MoveWriteThrough = 0x8;

    // Classes of SetFileInformationByHandle
    public const int DispositionInfoEx = 21;
    public const int RenameInfoEx = 22;

    // Error codes
    public const int FileNotFound = 2;
    public const int PathNotFound = 3;
    public const int AccessDenied = 5;
    public const int SharingViolation = 32;

    [LibraryImport("kernel32", EntryPoint = "CreateHardLinkW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool CreateHardLink(string name, string existing, nint security);

    [LibraryImport("kernel32", EntryPoint = "CreateFileW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    internal static partial SafeFileHandle CreateFile(string path, uint access, FileShare share, nint security, uint disposition, uint flags, nint template);

    [LibraryImport("kernel32", EntryPoint = "MoveFileExW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool MoveFile(string source, string target, uint flags);

    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool SetFileInformationByHandle(SafeFileHandle file, int informationClass, void* information, int length);

    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool GetFileInformationByHandle(SafeFileHandle file, out FileInformation information);

    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool FlushFileBuffers(SafeFileHandle file);

    /// <summary>The exception that .NET throws for an error of Windows, so that both are handled alike.</summary>
    internal static Exception ToException(int error, string path)
    {
        var message = $"{Marshal.GetPInvokeErrorMessage(error)} : '{path}'";
        return error switch
        {
            FileNotFound => new FileNotFoundException(message, path),
            PathNotFound => new DirectoryNotFoundException(message),
            AccessDenied => new UnauthorizedAccessException(message),
            _ => new IOException(message, unchecked((int)0x8007_0000) | error),
        };
    }

    /// <summary>BY_HANDLE_FILE_INFORMATION.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct FileInformation
    {
        public uint Attributes;
        public uint CreationLow, CreationHigh, AccessLow, AccessHigh, WriteLow, WriteHigh;
        public uint Volume;
        public uint SizeHigh, SizeLow;
        public uint Links;
        public uint IndexHigh, IndexLow;
    }
}
