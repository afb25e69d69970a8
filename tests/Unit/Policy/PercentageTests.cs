using System.Globalization;
using StepCaRenew.Policy;

namespace StepCaRenew.Unit.Policy;

public sealed class PercentageTests
{
    [Theory]
    [InlineData("66", 66)]
    [InlineData("66%", 66)]
    [InlineData("66.5 %", 66.5)]
    [InlineData(" 1% ", 1)]
    [InlineData("0.001", 0.001)]
    [InlineData("99.999%", 99.999)]
    public void Parse_Share_IsRead(string text, double expected) => Assert.Equal(expected, Percentage.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("%")]
    [InlineData("0")]
    [InlineData("100%")]
    [InlineData("-5%")]
    [InlineData("66,5%")]
    [InlineData("1e1")]
    [InlineData("NaN")]
    [InlineData("8h")]
    [InlineData("6 6")]
    [InlineData("66%%")]
    public void Parse_AnythingElse_IsAnError(string text) => Expect.Failure(ErrorId.InvalidPercent, () => Percentage.Parse(text));

    [Fact]
    public void Parse_OtherCulture_IsTheSame()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = ForeignCulture.Instance;
            Assert.Equal(66.5, Percentage.Parse("66.5%"));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
