using System.Runtime.InteropServices;
using System.Security;
using StepCaRenew.Certificates.Keys;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>Copies a SecureString into the engine's KeyPassword.</summary>
internal static class KeyPasswords
{
    public static KeyPassword From(SecureString password)
    {
        var pointer = Marshal.SecureStringToGlobalAllocUnicode(password);
        try
        {
            var characters = new char[password.Length];
            Marshal.Copy(pointer, characters, 0, characters.Length);
            var copy = new KeyPassword(characters);
            Array.Clear(characters);
            return copy;
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode(pointer);
        }
    }
}
