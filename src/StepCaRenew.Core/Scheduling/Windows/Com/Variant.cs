using System.Runtime.InteropServices;
using System.Security;

namespace StepCaRenew.Scheduling.Windows.Com;

/// <summary>
/// VARIANT, empty or with a string. The caller disposes it, which overwrites the bytes of a password.
/// </summary>
/// <remarks>
/// As in oaidl.h: four 16-bit fields, then a union whose longest member is a BRECORD of two pointers. So it has 24 bytes in a
/// 64-bit process, and 16 in a 32-bit one.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct Variant : IDisposable
{
    private const ushort TypeBStr = 8;

    private readonly ushort type;
    private readonly ushort reserved1;
    private readonly ushort reserved2;
    private readonly ushort reserved3;
    private readonly nint text;
    private readonly nint rest;

    private Variant(nint text)
    {
        (type, this.text) = (TypeBStr, text);
        (reserved1, reserved2, reserved3, rest) = (0, 0, 0, 0);
    }

    /// <summary>A string.</summary>
    public static Variant FromText(string text) => new(Marshal.StringToBSTR(text));

    /// <summary>A password; empty if it is null.</summary>
    public static Variant FromText(SecureString? password) => password is null ? default : new(Marshal.SecureStringToBSTR(password));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (text != 0)
            Marshal.ZeroFreeBSTR(text);
    }
}
