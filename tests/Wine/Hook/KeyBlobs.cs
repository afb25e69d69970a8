using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace StepCaRenew.WineHook;

/// <summary>Private keys of the NCrypt that Shim/shim.c stands in for, as keys of .NET.</summary>
internal static unsafe class KeyBlobs
{
    private const int LongestBlob = 8192;

    private static readonly delegate* unmanaged<nint, nint, char*, nint, byte*, int, int*, uint, int> Export =
        (delegate* unmanaged<nint, nint, char*, nint, byte*, int, int*, uint, int>)NativeLibrary.GetExport(Libraries.Load("cryptshim.dll"), "NCryptExportKey");

    /// <summary>A copy of the key behind a handle.</summary>
    public static AsymmetricAlgorithm ToKey(nint handle) =>
        Read(handle, "ECCPRIVATEBLOB") is { } curve && curve[0] == 'E' ? ToEc(curve)
        : Read(handle, "RSAFULLPRIVATEBLOB") is { } full ? ToRsa(full)
        : throw new CryptographicException("The key cannot be exported.");

    private static byte[]? Read(nint key, string type)
    {
        var blob = new byte[LongestBlob];
        int length;
        fixed (byte* start = blob)
        fixed (char* name = type)
            return Export(key, 0, name, 0, start, blob.Length, &length, 0) == 0 ? blob[..length] : null;
    }

    // BCRYPT_ECCKEY_BLOB: magic, size of a coordinate, X, Y, D.
    private static ECDsa ToEc(byte[] blob)
    {
        var size = BitConverter.ToInt32(blob, 4);
        var parts = new Parts(blob, 8);
        return ECDsa.Create(new ECParameters
        {
            Curve = size switch { 32 => ECCurve.NamedCurves.nistP256, 48 => ECCurve.NamedCurves.nistP384, _ => ECCurve.NamedCurves.nistP521 },
            Q = new ECPoint { X = parts.Next(size), Y = parts.Next(size) },
            D = parts.Next(size),
        });
    }

    // BCRYPT_RSAKEY_BLOB: magic, bits, sizes of exponent, modulus, P and Q, then the numbers.
    private static RSA ToRsa(byte[] blob)
    {
        int exponent = BitConverter.ToInt32(blob, 8), modulus = BitConverter.ToInt32(blob, 12), p = BitConverter.ToInt32(blob, 16), q = BitConverter.ToInt32(blob, 20);
        var parts = new Parts(blob, 24);
        return RSA.Create(new RSAParameters
        {
            Exponent = parts.Next(exponent),
            Modulus = parts.Next(modulus),
            P = parts.Next(p),
            Q = parts.Next(q),
            DP = parts.Next(p),
            DQ = parts.Next(q),
            InverseQ = parts.Next(p),
            D = parts.Next(modulus),
        });
    }

    private sealed class Parts(byte[] blob, int position)
    {
        public byte[] Next(int length) => blob[position..(position += length)];
    }
}
