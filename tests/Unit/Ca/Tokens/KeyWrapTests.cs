using StepCaRenew.Ca.Tokens;

namespace StepCaRenew.Unit.Ca.Tokens;

public sealed class KeyWrapTests
{
    private const string Key = "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F";
    private const string Data = "00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F";

    // RFC 3394 section 4: the sizes of both keys in bits, and the wrapped key.
    [Theory]
    [InlineData(128, 128, "1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5")]
    [InlineData(192, 128, "96778B25AE6CA435F92B5B97C050AED2468AB8A17AD84E5D")]
    [InlineData(256, 128, "64E8C3F9CE0F5BA263E9777905818A2A93C8191E7D6E8AE7")]
    [InlineData(192, 192, "031D33264E15D33268F24EC260743EDCE1C6C7DDEE725A936BA814915C6762D2")]
    [InlineData(256, 192, "A8F9BC1612C68B3FF6E6F4FBE30E71E4769C8B80A32CB8958CD5D17D6B254DA1")]
    [InlineData(256, 256, "28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21")]
    public void Unwrap_VectorOfTheRfc_IsTheKey(int wrappingBits, int dataBits, string wrapped) =>
        Assert.Equal(Data[..(dataBits / 4)], Convert.ToHexString(KeyWrap.Unwrap(Convert.FromHexString(wrapped), Convert.FromHexString(Key[..(wrappingBits / 4)]))!));

    [Fact]
    public void Unwrap_AnyBitChanged_IsNull()
    {
        var wrapped = Convert.FromHexString("28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21");
        for (var bit = 0; bit < wrapped.Length * 8; bit++)
        {
            var changed = wrapped.ToArray();
            changed[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.Null(KeyWrap.Unwrap(changed, Convert.FromHexString(Key)));
        }
    }

    [Fact]
    public void Unwrap_OtherKey_IsNull() =>
        Assert.Null(KeyWrap.Unwrap(Convert.FromHexString("1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5"), new byte[16]));
}
