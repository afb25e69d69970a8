using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace StepCaRenew.FileSystem;

/// <summary>
/// A privilege of this process's account, enabled for the present thread until it is disposed. Most privileges of SYSTEM
/// and of administrators are disabled at first. Tested under Wine only.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed partial class WindowsPrivilege : IDisposable
{
    private const uint AdjustPrivileges = 0x20;
    private const uint Query = 0x8;
    private const uint Enabled = 2;
    private const int NotAllAssigned = 1300;
    private const int Impersonation = 2;

    private readonly SafeAccessTokenHandle token;
    private readonly TokenPrivileges before;
    private readonly bool isOwnToken;

    private WindowsPrivilege(SafeAccessTokenHandle token, TokenPrivileges before, bool isOwnToken) => (this.token, this.before, this.isOwnToken) = (token, before, isOwnToken);

    /// <summary>Enables a privilege; null if the account does not hold it.</summary>
    public static WindowsPrivilege? Enable(string name)
    {
        // The thread gets its own token, so that other threads neither get the privilege nor lose it.
        var isOwnToken = !OpenThreadToken(GetCurrentThread(), AdjustPrivileges | Query, true, out var token);
        if (isOwnToken)
        {
            token.Dispose();
            if (!ImpersonateSelf(Impersonation))
                return null;
            if (!OpenThreadToken(GetCurrentThread(), AdjustPrivileges | Query, true, out token))
            {
                token.Dispose();
                RevertToSelf();
                return null;
            }
        }

        if (Change(token, name) is { } before)
            return new WindowsPrivilege(token, before, isOwnToken);
        token.Dispose();
        if (isOwnToken)
            RevertToSelf();
        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (before.Count > 0)
            AdjustTokenPrivileges(token, false, before, 0, 0, 0);
        token.Dispose();
        if (isOwnToken)
            RevertToSelf();
    }

    // If the token does not hold the privilege, the call succeeds and only the error code shows it.
    private static TokenPrivileges? Change(SafeAccessTokenHandle token, string name)
    {
        if (!LookupPrivilegeValue(null, name, out var id))
            return null;
        var wanted = new TokenPrivileges { Count = 1, Id = id, Attributes = Enabled };
        return AdjustTokenPrivileges(token, false, wanted, Marshal.SizeOf<TokenPrivileges>(), out var before, out _) && Marshal.GetLastPInvokeError() != NotAllAssigned ? before : null;
    }

    [LibraryImport("kernel32")]
    private static partial nint GetCurrentThread();

    [LibraryImport("advapi32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool OpenThreadToken(nint thread, uint access, [MarshalAs(UnmanagedType.Bool)] bool asSelf, out SafeAccessTokenHandle token);

    [LibraryImport("advapi32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool ImpersonateSelf(int level);

    [LibraryImport("advapi32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool RevertToSelf();

    [LibraryImport("advapi32", EntryPoint = "LookupPrivilegeValueW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool LookupPrivilegeValue(string? system, string name, out long id);

    [LibraryImport("advapi32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool AdjustTokenPrivileges(
        SafeAccessTokenHandle token, [MarshalAs(UnmanagedType.Bool)] bool disableAll, in TokenPrivileges wanted, int length, out TokenPrivileges before, out int needed);

    [LibraryImport("advapi32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool AdjustTokenPrivileges(
        SafeAccessTokenHandle token, [MarshalAs(UnmanagedType.Bool)] bool disableAll, in TokenPrivileges wanted, int length, nint before, nint needed);

    /// <summary>TOKEN_PRIVILEGES with one entry, which is packed by four bytes.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct TokenPrivileges
    {
        public uint Count;
        public long Id;
        public uint Attributes;
    }
}
