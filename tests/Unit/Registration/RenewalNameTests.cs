using StepCaRenew.Registration;

namespace StepCaRenew.Unit.Registration;

public sealed class RenewalNameTests
{
    [Theory]
    [InlineData("web")]
    [InlineData("0")]
    [InlineData("web.example.com")]
    [InlineData("A_b-c.d")]
    [InlineData("console")]
    [InlineData("com10")]
    [InlineData("a234567890123456789012345678901234567890123456789012345678901234")]
    public void IsValid_Name(string name)
    {
        Assert.True(RenewalName.IsValid(name));
        RenewalName.RequireValid(name);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(".web")]
    [InlineData("-web")]
    [InlineData("_web")]
    [InlineData("web.")]
    [InlineData("web\n")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("a\\b")]
    [InlineData("wéb")]
    [InlineData("con")]
    [InlineData("NUL")]
    [InlineData("nul.crt")]
    [InlineData("Com1.web")]
    [InlineData("lpt9")]
    [InlineData("a2345678901234567890123456789012345678901234567890123456789012345")]
    public void RequireValid_InvalidName_SaysWhy(string name)
    {
        Assert.False(RenewalName.IsValid(name));
        var error = Assert.Throws<RenewalException>(() => RenewalName.RequireValid(name));
        Assert.Equal(ErrorId.NameInvalid, error.ErrorId);
        Assert.DoesNotContain('\n', error.Message);
    }
}
