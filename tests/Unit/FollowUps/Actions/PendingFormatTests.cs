using System.Text;
using StepCaRenew.FollowUps.Actions;

namespace StepCaRenew.Unit.FollowUps.Actions;

public sealed class PendingFormatTests
{
    private static readonly string Hash = new('a', 64);
    private static readonly DateTimeOffset Time = new(2026, 11, 23, 17, 0, 0, 123, TimeSpan.FromHours(2));

    [Fact]
    public void Record_ReadAgain_IsWhatWasWritten()
    {
        PendingEntry[] entries = [new(0, Hash, "00AB", Time), new(7, new string('0', 64), "FF", Time)];
        Assert.Equal(entries, PendingFormat.Parse(PendingFormat.Render(entries)));
    }

    [Fact]
    public void Record_OfStoppedServices_IsReadAgain()
    {
        var bytes = PendingFormat.Render([new(0, Hash, "AB", Time) { Stopped = [Hash, new string('1', 64)] }, new(1, new string('0', 64), "AB", Time)]);
        var read = PendingFormat.Parse(bytes)!;
        Assert.Equal([Hash, new string('1', 64)], read[0].Stopped);
        Assert.Empty(read[1].Stopped);
    }

    [Fact]
    public void Record_OfACommand_HoldsNeitherProgramNorArgument()
    {
        var action = new CommandAction("/opt/hook-program", ["hook-argument"]);
        var text = Encoding.UTF8.GetString(PendingFormat.Render([new(0, action.Hash, "AB", Time)]));
        Assert.DoesNotContain("hook", text, StringComparison.Ordinal);
        Assert.Equal($"{{\"version\":1,\"pending\":[{{\"index\":0,\"hash\":\"{action.Hash}\",\"serial\":\"AB\",\"time\":\"2026-11-23T15:00:00.1230000Z\"}}]}}\n", text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"version\":1,\"pending\":[]}")]
    [InlineData("{\"version\":1,\"pending\":{}}")]
    [InlineData("{\"version\":2,\"pending\":[ENTRY]}")]
    [InlineData("{\"version\":\"1\",\"pending\":[ENTRY]}")]
    [InlineData("{\"version\":1,\"pending\":[ENTRY],\"command\":\"sh\"}")]
    [InlineData("{\"version\":1,\"version\":1,\"pending\":[ENTRY]}")]
    [InlineData("{\"version\":1,\"pending\":[ENTRY,null]}")]
    [InlineData("{\"version\":1,\"pending\":[ENTRY")]
    [InlineData("{\"version\":1,\"pending\":[{\"index\":0,\"hash\":\"HASH\",\"serial\":\"AB\"}]}")]
    [InlineData("{\"version\":1,\"pending\":[{\"index\":0,\"hash\":\"HASH\",\"serial\":\"AB\",\"time\":\"2026-01-01T00:00:00Z\",\"program\":\"sh\"}]}")]
    [InlineData("{\"version\":1,\"pending\":[{\"index\":0,\"hash\":\"HASH\",\"serial\":\"AB\",\"time\":\"2026-01-01T00:00:00Z\",\"stopped\":[\"Spooler\"]}]}")]
    [InlineData("{\"version\":1,\"pending\":[{\"index\":0,\"hash\":\"HASH\",\"serial\":\"AB\",\"time\":\"2026-01-01T00:00:00Z\",\"stopped\":[null]}]}")]
    [InlineData("{\"version\":1,\"pending\":[{\"index\":0,\"hash\":\"HASH\",\"serial\":\"AB\",\"time\":\"2026-01-01T00:00:00Z\",\"stopped\":\"HASH\"}]}")]
    [InlineData("{\"version\":1,\"pending\":[{\"index\":-1,\"hash\":\"HASH\",\"serial\":\"AB\",\"time\":\"2026-01-01T00:00:00Z\"}]}")]
    [InlineData("{\"version\":1,\"pending\":[{\"index\":99999999999,\"hash\":\"HASH\",\"serial\":\"AB\",\"time\":\"2026-01-01T00:00:00Z\"}]}")]
    [InlineData("{\"version\":1,\"pending\":[{\"index\":0,\"hash\":\"short\",\"serial\":\"AB\",\"time\":\"2026-01-01T00:00:00Z\"}]}")]
    [InlineData("{\"version\":1,\"pending\":[{\"index\":0,\"hash\":null,\"serial\":\"AB\",\"time\":\"2026-01-01T00:00:00Z\"}]}")]
    [InlineData("{\"version\":1,\"pending\":[{\"index\":0,\"hash\":\"HASH\",\"serial\":\"../x\",\"time\":\"2026-01-01T00:00:00Z\"}]}")]
    [InlineData("{\"version\":1,\"pending\":[{\"index\":0,\"hash\":\"HASH\",\"serial\":\"AB\",\"time\":\"yesterday\"}]}")]
    public void Record_DamagedOrForged_IsRefusedAsAWhole(string text)
    {
        var entry = "{\"index\":0,\"hash\":\"HASH\",\"serial\":\"AB\",\"time\":\"2026-01-01T00:00:00Z\"}";
        Assert.Null(PendingFormat.Parse(Encoding.UTF8.GetBytes(text.Replace("ENTRY", entry, StringComparison.Ordinal).Replace("HASH", Hash, StringComparison.Ordinal))));
    }

    [Fact]
    public void Record_CutAnywhere_IsRefused()
    {
        var whole = PendingFormat.Render([new(0, Hash, "AB", Time)]);
        // The line feed at the end is no part of it.
        for (var length = 0; length < whole.Length - 1; length++)
            Assert.Null(PendingFormat.Parse(whole[..length]));
    }
}
