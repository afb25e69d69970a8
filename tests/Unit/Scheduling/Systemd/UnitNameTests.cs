using StepCaRenew.Scheduling.Systemd;

namespace StepCaRenew.Unit.Scheduling.Systemd;

public sealed class UnitNameTests
{
    [Theory]
    [InlineData("web", "stepcarenew-web.timer")]
    [InlineData("web-1.local_x", @"stepcarenew-web\x2d1.local_x.timer")]
    public void Timer_Name_IsEscaped(string name, string expected) => Assert.Equal(expected, UnitName.Timer(name));

    [Theory]
    [InlineData(".a/b:ä", @"\x2ea-b:\xc3\xa4")]
    [InlineData(@"a\x2d", @"a\x5cx2d")]
    public void Unescape_EscapedText_IsTheOriginal(string text, string escaped)
    {
        Assert.Equal(escaped, UnitName.Escape(text));
        Assert.Equal(text, UnitName.Unescape(escaped));
    }
}
