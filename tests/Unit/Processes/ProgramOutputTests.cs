using System.Text;
using StepCaRenew.Processes;

namespace StepCaRenew.Unit.Processes;

public sealed class OutputCleanerTests
{
    [Theory]
    [InlineData("a\n-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----\nb", "a\n(a private key)\nb")]
    [InlineData("a\n-----BEGIN EC PRIVATE KEY-----\nMIGH\ncut", "a\n(a private key)")]
    [InlineData("MIGH\n-----END RSA PRIVATE KEY-----\nb", "(a private key)\nb")]
    [InlineData("token eyJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJ4In0.c2ln end", "token (a token) end")]
    [InlineData("\u001b[31mred\u001b[0m\tand\r\nmore\n\n", "red\tand\nmore")]
    [InlineData("\u009b1;31mred\u009b0m", "red")]
    [InlineData("\u001b]0;a title\u0007text\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\", "textlink")]
    [InlineData("\u001bPq#0;2\u001b\\after \u001b(Bcharset \u001bMindex \u001b7saved\u001b8", "after charset index saved")]
    [InlineData("\u001b]0;no end\nnext", "\nnext")]
    [InlineData("a\u0000b\u0008c\u007fd\u202ee\u200bf\u2066g\ufeffh", "abcdefgh")]
    [InlineData("10 %\r20 %\r\ndone\u0085next\u2028last", "10 %\n20 %\ndone\nnext\nlast")]
    [InlineData("cut \u001b", "cut")]
    [InlineData("cut \u001b[3", "cut")]
    [InlineData("token eyJ\u001b[1mhbGciOiJFUzI1NiJ9.eyJhdWQiOiJ4In0.c2ln\u001b[0m end", "token (a token) end")]
    [InlineData("\u001b[31m-----BEGIN PRIV\u001b[0mATE KEY-----\nMIGH\n-----END PRIVATE KEY-----", "(a private key)")]
    [InlineData("a\n\u001b[31m-----BEGIN PRIV\u001b[0mATE KEY-----\nMIGH\ncut", "a\n(a private key)")]
    [InlineData("a\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgAAAAAAAAAAAAAAAA\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgAAAAAAAAAAAAAAAA\nMIGH+w==\nb c", "a\n(base64)\nb c")]
    [InlineData("MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgAAAAAAAAAAAAAAAA", "(base64)")]
    [InlineData("  MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgAAAAAAAAAAAAAAAA\r\nb c", "(base64)\nb c")]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgAAAAAAAAAAAAAAAAx", "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgAAAAAAAAAAAAAAAAx")]
    [InlineData("-----BEGIN CERTIFICATE-----", "-----BEGIN CERTIFICATE-----")]
    public void Clean_Output_HasNoSecretsOrControlCharacters(string output, string expected) => Assert.Equal(expected, OutputCleaner.Clean(output));

    [Theory]
    [InlineData("", "")]
    [InlineData("\n \n", "")]
    [InlineData("one\ntwo\n\n", "two")]
    [InlineData("10 %\r20 %\rdone\r\n", "done")]
    [InlineData("one\n\u001b[31;1m\u001b[0m\n", "one")]
    [InlineData("\u001b[31;1mException: \u001b[31;1m/x/reload.ps1:1\u001b[0m\n\u001b[36;1mLine |\u001b[0m\n\u001b[31;1m     | \u001b[31;1mthe test failed\u001b[0m\n", "the test failed")]
    public void LastLine_Output_IsTheLastLineWithText(string output, string expected) => Assert.Equal(expected, OutputCleaner.LastLine(output));

    [Fact]
    public void LastLine_LongLine_IsCut() => Assert.Equal(301, OutputCleaner.LastLine(new string('x', 5000)).Length);
}

public sealed class OutputDecoderTests
{
    private static readonly Encoding Oem = OutputDecoder.CodePage(850);

    [Theory]
    [InlineData("plain\n")]
    [InlineData("für €\nzweite Zeile")]
    [InlineData("")]
    [InlineData("\n\n")]
    public void Decode_Utf8_IsReadAsSuch(string text) => Assert.Equal(text, OutputDecoder.Decode(Encoding.UTF8.GetBytes(text), Oem));

    [Theory]
    [InlineData("Der Dienst läuft nicht.\r\n")]
    [InlineData("ä")]
    public void Decode_CodePage_IsReadAsSuch(string text) => Assert.Equal(text, OutputDecoder.Decode(Oem.GetBytes(text), Oem));

    // A script in UTF-8 that calls a program of Windows, and the other way round.
    [Fact]
    public void Decode_BothInTurn_ReadsEachLine()
    {
        byte[] output = [.. Encoding.UTF8.GetBytes("grün €\n"), .. Oem.GetBytes("grün\n"), .. Encoding.UTF8.GetBytes("blüht")];
        Assert.Equal("grün €\ngrün\nblüht", OutputDecoder.Decode(output, Oem));
    }

    [Fact]
    public void Decode_OfThisSystem_NeverFails() => Assert.NotEmpty(OutputDecoder.Decode([0x81, 0xFF, 0x84, (byte)'\n', (byte)'x']));

    // The cut goes through a character of three bytes; its rest must not turn the line into one of the code page.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Tail_CutWithinACharacter_LeavesOutItsRest(int cut)
    {
        var tail = new OutputTail();
        tail.Add(Encoding.UTF8.GetBytes("€"));
        tail.Add(Encoding.UTF8.GetBytes(new string('x', OutputTail.Capacity - 6 + cut) + "€"));
        Assert.EndsWith($"\n{new string('x', OutputTail.Capacity - 6 + cut)}€", tail.ToString(), StringComparison.Ordinal);
        Assert.StartsWith($"(the first 3 bytes were left out)", tail.ToString(), StringComparison.Ordinal);
    }
}
