using System.Runtime.InteropServices;
using System.Security;
using StepCaRenew.Certificates.Keys;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>Takes a SecureString over into the engine's own holder of a password.</summary>
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
