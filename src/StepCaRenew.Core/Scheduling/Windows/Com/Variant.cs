using System.Runtime.InteropServices;
using System.Security;

namespace StepCaRenew.Scheduling.Windows.Com;

/// <summary>
/// VARIANT, empty or with a string; the caller of a method keeps it and ends it. The bytes of a password are overwritten then.
/// </summary>
/// <remarks>
/// As oaidl.h declares it: four 16-bit fields, then a union whose longest member is a BRECORD of two pointers. Two pointers
/// and no fixed offsets, so that it has 24 bytes in a 64-bit process and 16 in a 32-bit one, where it lies on the stack.
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
    public static Variant Of(string text) => new(Marshal.StringToBSTR(text));

    /// <summary>A password, or nothing.</summary>
    public static Variant Of(SecureString? password) => password is null ? default : new(Marshal.SecureStringToBSTR(password));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (text != 0)
            Marshal.ZeroFreeBSTR(text);
    }
}
