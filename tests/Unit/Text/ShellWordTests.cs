using StepCaRenew.Text;

namespace StepCaRenew.Unit.Text;

public sealed class ShellWordTests
{
    [Theory]
    [InlineData("/usr/bin/pwsh", "/usr/bin/pwsh")]
    [InlineData("HOME=/root", "HOME=/root")]
    [InlineData("/it's", @"'/it'\''s'")]
    [InlineData("a b", "'a b'")]
    [InlineData("~web", "'~web'")]
    [InlineData("", "''")]
    public void Quote_Text_IsQuotedIfItMustBe(string text, string word) => Assert.Equal(word, ShellWord.Quote(text));

    [LinuxTheory]
    [InlineData("/opt/a b/$(id) `id` \"x\" 'y' \\ & ; | > * ? ~ #")]
    [InlineData("two\nlines")]
    [InlineData("prüfung")]
    [InlineData("")]
    public void Quote_Text_IsOneWordOfSh(string text) =>
        Assert.Equal($"{text}|1", Tool.Run("sh", "-c", $"set -- {ShellWord.Quote(text)}; printf '%s|%s' \"$1\" $#"));
}
