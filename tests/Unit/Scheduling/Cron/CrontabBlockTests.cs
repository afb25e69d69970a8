using StepCaRenew.Scheduling.Cron;

namespace StepCaRenew.Unit.Scheduling.Cron;

public sealed class CrontabBlockTests
{
    private static readonly CrontabBlock Block = new("web.local");
    private static readonly string[] Ours = Block.Render(SampleRun.Create(RenewalScope.CurrentUser));
    private static readonly string Text = string.Join('\n', Ours);

    [Theory]
    [InlineData("", "")]
    [InlineData("a\n", "a\n")]
    [InlineData("a\n\n# c\n\n", "a\n\n# c\n\n")]
    [InlineData("no end", "no end\n")]
    [InlineData("\r\nx\r\n\u00ff", "\r\nx\r\n\u00ff\n")]
    public void Replace_OtherLines_StayTheSame(string crontab, string expected)
    {
        var with = Block.Replace(crontab, Ours);
        Assert.Equal($"{expected}{Text}\n", with);
        Assert.Equal(with, Block.Replace(with, Ours));
        Assert.Equal(Ours, Block.Find(with));
        Assert.Equal(expected, Block.Replace(with, []));
    }

    [Fact]
    public void Replace_Block_KeepsItsPlace() =>
        Assert.Equal($"a\n{Text}\nb\n", Block.Replace($"a\n{Text.Replace("7,22", "8,23", StringComparison.Ordinal)}\nb\n", Ours));

    [Fact]
    public void Replace_BlockOfAnotherRenewal_Stays()
    {
        var other = string.Join('\n', new CrontabBlock("web").Render(SampleRun.Create(RenewalScope.CurrentUser) with { Name = "web", Command = StepCaRenew.Scheduling.RunCommand.ForRenewal("/usr/bin/pwsh", "StepCaRenew", "web") }));
        Assert.Null(Block.Find(other + "\n"));
        Assert.Equal($"{other}\n", Block.Replace($"{other}\n{Text}\n", []));
    }

    [Fact]
    public void Replace_WithoutTheBegin_FindsTheLinesBeforeTheEnd() => Assert.Equal("a\nb\n", Block.Replace($"a\n{string.Join('\n', Ours[1..])}\nb\n", []));

    [Fact]
    public void Replace_WithoutTheEnd_FindsTheLinesAfterTheBegin() => Assert.Equal("a\nb\n", Block.Replace($"a\n{string.Join('\n', Ours[..^1])}\nb\n", []));

    [Fact]
    public void Replace_LineOfTheUserBetweenTheMarkers_Stays() =>
        Assert.Equal($"{Text}\n5 4 * * * backup\n", Block.Replace($"{Ours[0]}\n{Ours[1]}\n5 4 * * * backup\n{Ours[2]}\n{Ours[3]}\n", Ours));

    [Fact]
    public void Replace_AnyCommand_IsFoundByItsTag()
    {
        var other = Block.Render(SampleRun.Create(RenewalScope.CurrentUser) with { Command = new("/bin/other", []) });
        Assert.Equal("a\n", Block.Replace($"a\n{string.Join('\n', other)}\n", []));
        Assert.Equal("a\n", Block.Replace($"a\n{string.Join('\n', other[1..])}\n", []));
    }

    [Fact]
    public void Replace_SecondCopy_IsRemoved() => Assert.Equal($"{Text}\nb\n", Block.Replace($"{Text}\nb\n{Text}\n", Ours));
}
