using StepCaRenew.Certificates;

namespace StepCaRenew.Unit.Certificates;

public sealed class SerialNumberTests
{
    [Theory]
    [InlineData("255", "255")]
    [InlineData(" 0255\n", "255")]
    [InlineData("0xff", "255")]
    [InlineData("0XFF", "255")]
    [InlineData("0x10", "16")]
    [InlineData("00:FF", "255")]
    [InlineData("F1:60:00:00:00:00:00:00:00:00:00:00:00:00:00:01", "320842407482584068822156429175168172033")]
    [InlineData("0xf1600000000000000000000000000001", "320842407482584068822156429175168172033")]
    public void Parse_DecimalOrMarkedHexadecimal_BecomesDecimal(string text, string expected) => Assert.Equal(expected, SerialNumber.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("ab12")] // Hexadecimal, but with digits alone it would be another number.
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("0x")]
    [InlineData("0xg")]
    [InlineData(":")]
    [InlineData("\u0661")] // A digit of another script.
    public void Parse_OtherTexts_AreRefused(string text) => Expect.Failure(ErrorId.SerialNumberInvalid, () => SerialNumber.Parse(text));

    [Fact]
    public void ToDecimal_FirstBitSet_IsPositive()
    {
        var pair = TestAuthority.Default.Issue(new LeafSpec { SerialNumber = [0, 0xF1, 0x60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] });
        Assert.Equal("320842407482584068822156429175168172033", SerialNumber.ToDecimal(pair.Leaf));
        Assert.Equal("320842407482584068822156429175168172033", SerialNumber.Parse("0x" + pair.Leaf.SerialNumber));
    }
}
