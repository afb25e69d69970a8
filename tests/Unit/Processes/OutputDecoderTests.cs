using System.Text;
using StepCaRenew.Processes;

namespace StepCaRenew.Unit.Processes;

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
