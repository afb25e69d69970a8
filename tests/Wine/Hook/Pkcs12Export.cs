using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.WineHook;

/// <summary>PFXExportCertStoreEx, which Wine 8 does not have, for one certificate and its key; Shim/crypt.c calls it.</summary>
internal static unsafe class Pkcs12Export
{
    private const int Iterations = 2000;

    public static void Install()
    {
        var set = (delegate* unmanaged<nint, void>)NativeLibrary.GetExport(Libraries.Load("crypt32shim.dll"), "SetExporter");
        set((nint)(delegate* unmanaged<byte*, uint, nint, char*, byte*, uint, int>)&Export);
    }

    /// <summary>Writes the PKCS#12 file if it fits; returns its size, which does not depend on the salts, or 0.</summary>
    [UnmanagedCallersOnly]
    private static int Export(byte* certificate, uint length, nint key, char* password, byte* output, uint size)
    {
        try
        {
            var file = Build(new ReadOnlySpan<byte>(certificate, (int)length), key, new string(password));
            if (output != null && size >= file.Length)
                file.CopyTo(new Span<byte>(output, (int)size));
            return file.Length;
        }
        catch (Exception e)
        {
            // No exception may leave a method that native code calls.
            Console.Error.WriteLine(e);
            return 0;
        }
    }

    private static byte[] Build(ReadOnlySpan<byte> certificate, nint key, string password)
    {
        var id = new Pkcs9LocalKeyId([1]);
        var certificates = new Pkcs12SafeContents();
        certificates.AddCertificate(X509CertificateLoader.LoadCertificate(certificate)).Attributes.Add(id);
        var keys = new Pkcs12SafeContents();
        if (key != 0)
        {
            using var copy = KeyBlobs.ToKey(key);
            keys.AddKeyUnencrypted(copy).Attributes.Add(id);
        }

        var builder = new Pkcs12Builder();
        builder.AddSafeContentsEncrypted(certificates, password, new PbeParameters(PbeEncryptionAlgorithm.TripleDes3KeyPkcs12, HashAlgorithmName.SHA1, Iterations));
        builder.AddSafeContentsUnencrypted(keys);
        builder.SealWithMac(password, HashAlgorithmName.SHA1, Iterations);
        return builder.Encode();
    }
}
