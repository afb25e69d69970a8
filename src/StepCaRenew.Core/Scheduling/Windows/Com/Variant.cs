using System.Runtime.InteropServices;
using System.Security;

namespace StepCaRenew.Scheduling.Windows.Com;

/// <summary>
/// VARIANT, empty or with a string; the caller of a method keeps it and ends it. The bytes of a password are overwritten then.
/// </summary>
[StructLayout(LayoutKind.Explicit)]
internal readonly struct Variant : IDisposable
{
    private const ushort TypeBStr = 8;

    [FieldOffset(0)]
    private readonly ushort type;

    [FieldOffset(8)]
    private readonly nint text;

    // A VARIANT is as long as its longest member, a BRECORD of two pointers.
    [FieldOffset(16)]
    private readonly nint rest;

    private Variant(nint text)
    {
        type = TypeBStr;
        this.text = text;
        rest = 0;
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
