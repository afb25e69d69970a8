using System.Text;
using StepCaRenew.Certificates.Keys;

namespace StepCaRenew.Unit.Certificates.Keys;

public sealed class KeyPasswordTests
{
    public static TheoryData<string, byte[]> Files => new()
    {
        { "bare", Encoding.UTF8.GetBytes("secret") },
        { "newline", Encoding.UTF8.GetBytes("secret\n") },
        { "CRLF", Encoding.UTF8.GetBytes("secret\r\n") },
        { "several newlines and a tab", Encoding.UTF8.GetBytes("secret \t\r\n\n") },
        { "UTF-8 with mark", [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes("secret\n")] },
        { "UTF-16 LE with mark", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("secret\r\n")] },
        { "UTF-16 BE with mark", [.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes("secret\r\n")] },
        { "UTF-16 LE", Encoding.Unicode.GetBytes("secret\r\n") },
        { "UTF-16 BE", Encoding.BigEndianUnicode.GetBytes("secret\r\n") },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void FromFile_AnyEncodingAndEnd_GivesThePassword(string name, byte[] content)
    {
        using var folder = new TestFolder();
        using var password = KeyPassword.FromFile(folder.Write("password", content));
        Assert.True(password.Characters.SequenceEqual("secret"), name);
    }

    [Fact]
    public void FromFile_WhiteSpaceInFrontAndWithin_BelongsToThePassword()
    {
        using var folder = new TestFolder();
        using var password = KeyPassword.FromFile(folder.Write("password", "  two words\nand a line\n"));
        Assert.Equal("  two words\nand a line", password.Characters.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("\r\n\t \n")]
    public void FromFile_Empty_IsAnError(string content)
    {
        using var folder = new TestFolder();
        Expect.Failure(ErrorId.FileEmpty, () => KeyPassword.FromFile(folder.Write("password", content)));
    }

    [Fact]
    public void FromFile_Missing_NamesIt()
    {
        using var folder = new TestFolder();
        var e = Expect.Failure(ErrorId.FileNotFound, () => KeyPassword.FromFile(folder.At("none")));
        Assert.Contains("password file", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToString_AnyPassword_PrintsStars()
    {
        using var password = new KeyPassword("secret");
        Assert.Equal("********", $"{password}");
    }

    [Fact]
    public void Dispose_Password_IsWiped()
    {
        var password = new KeyPassword("secret");
        var characters = password.Characters;
        password.Dispose();
        Assert.Equal(new string('\0', 6), characters.ToString());
    }

    [Fact]
    public void Constructor_CallersArrayChanges_PasswordDoesNot()
    {
        char[] source = ['a', 'b'];
        using var password = new KeyPassword(source);
        source[0] = 'x';
        Assert.Equal("ab", password.Characters.ToString());
    }
}
