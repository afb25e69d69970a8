using System.Buffers.Binary;
using System.Security.Cryptography;

namespace StepCaRenew.DevCa.Jose;

/// <summary>AES key wrap (RFC 3394), which .NET does not have.</summary>
internal static class KeyWrap
{
    private const ulong Start = 0xA6A6A6A6A6A6A6A6;

    public static byte[] Wrap(byte[] key, byte[] wrappingKey)
    {
        using var aes = Ecb(wrappingKey);
        var count = key.Length / 8;
        byte[] result = [.. new byte[8], .. key];
        var check = Start;
        var block = new byte[16];
        for (var step = 1; step <= 6 * count; step++)
        {
            var part = result.AsSpan(8 * (((step - 1) % count) + 1), 8);
            BinaryPrimitives.WriteUInt64BigEndian(block, check);
            part.CopyTo(block.AsSpan(8));
            aes.EncryptEcb(block, block, PaddingMode.None);
            check = BinaryPrimitives.ReadUInt64BigEndian(block) ^ (ulong)step;
            block.AsSpan(8).CopyTo(part);
        }
        BinaryPrimitives.WriteUInt64BigEndian(result, check);
        return result;
    }

    public static byte[] Unwrap(byte[] wrapped, byte[] wrappingKey)
    {
        using var aes = Ecb(wrappingKey);
        var count = (wrapped.Length / 8) - 1;
        var result = wrapped.ToArray();
        var check = BinaryPrimitives.ReadUInt64BigEndian(result);
        var block = new byte[16];
        for (var step = 6 * count; step >= 1; step--)
        {
            var part = result.AsSpan(8 * (((step - 1) % count) + 1), 8);
            BinaryPrimitives.WriteUInt64BigEndian(block, check ^ (ulong)step);
            part.CopyTo(block.AsSpan(8));
            aes.DecryptEcb(block, block, PaddingMode.None);
            check = BinaryPrimitives.ReadUInt64BigEndian(block);
            block.AsSpan(8).CopyTo(part);
        }
        return check == Start ? result[8..] : throw new CryptographicException("The password is wrong.");
    }

    private static Aes Ecb(byte[] key)
    {
        var aes = Aes.Create();
        aes.Key = key;
        return aes;
    }
}
