using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace StepCaRenew.WineHook;

/// <summary>Verifies the signatures of ECDSA with P-256 that crypt32 of Wine 8 spoils (Shim/shim.c).</summary>
internal static unsafe class P256
{
    private const int Size = 32;

    private static readonly BigInteger Prime = Hex("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
    private static readonly BigInteger Order = Hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    private static readonly Point Generator = new(
        Hex("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"),
        Hex("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"));

    public static void Install()
    {
        var set = (delegate* unmanaged<nint, void>)NativeLibrary.GetExport(Libraries.Load("cryptshim.dll"), "SetVerifier");
        set((nint)(delegate* unmanaged<byte*, byte*, uint, byte*, int>)&Verify);
        ((delegate* unmanaged<int>)NativeLibrary.GetExport(Libraries.Load("crypt32shim.dll"), "UseVerifier"))();
    }

    /// <summary>1 if the signature is that of the hash by the key, else 0.</summary>
    [UnmanagedCallersOnly]
    private static int Verify(byte* point, byte* hash, uint length, byte* signature)
    {
        var key = new Point(Number(point), Number(point + Size));
        var digest = new BigInteger(new ReadOnlySpan<byte>(hash, Math.Min((int)length, Size)), isUnsigned: true, isBigEndian: true);
        var (r, s) = (Number(signature), Number(signature + Size));
        if (r.IsZero || s.IsZero || r >= Order || s >= Order)
            return 0;
        var inverse = BigInteger.ModPow(s, Order - 2, Order);
        var sum = Add(Multiply(digest * inverse % Order, Generator), Multiply(r * inverse % Order, key));
        return sum is { } found && found.X % Order == r ? 1 : 0;
    }

    private static Point? Multiply(BigInteger factor, Point point)
    {
        Point? result = null;
        for (var bit = (int)factor.GetBitLength() - 1; bit >= 0; bit--)
        {
            result = Add(result, result);
            if (!((factor >> bit) & 1).IsZero)
                result = Add(result, point);
        }

        return result;
    }

    // Null is the point at infinity.
    private static Point? Add(Point? one, Point? other)
    {
        if (one is not { } a || other is not { } b)
            return one ?? other;
        if (a.X == b.X && a.Y != b.Y)
            return null;
        var slope = Modulo(a == b ? ((3 * a.X * a.X) - 3) * Inverse(2 * a.Y) : (b.Y - a.Y) * Inverse(b.X - a.X));
        var x = Modulo((slope * slope) - a.X - b.X);
        return new Point(x, Modulo((slope * (a.X - x)) - a.Y));
    }

    private static BigInteger Inverse(BigInteger number) => BigInteger.ModPow(Modulo(number), Prime - 2, Prime);

    private static BigInteger Modulo(BigInteger number) => ((number % Prime) + Prime) % Prime;

    private static BigInteger Number(byte* start) => new(new ReadOnlySpan<byte>(start, Size), isUnsigned: true, isBigEndian: true);

    private static BigInteger Hex(string digits) => BigInteger.Parse("0" + digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private readonly record struct Point(BigInteger X, BigInteger Y);
}
