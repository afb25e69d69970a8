using System.Text;
using StepCaRenew.FollowUps;
using StepCaRenew.FollowUps.Actions;

namespace StepCaRenew.Unit.FollowUps;

public sealed class FollowUpRecordTests
{
    private static readonly string Hash = new('a', 64);
    private static readonly string Other = new('0', 64);
    private static readonly DateTimeOffset Time = new(2026, 11, 23, 17, 0, 0, 123, TimeSpan.FromHours(2));
    private static readonly ActionDefinition Reload = new ServiceAction("web", IsReload: true);

    [Fact]
    public void Parse_RenderedRecord_IsTheSame()
    {
        var record = new FollowUpRecord("00AB", Time) { DoneFor = "FF", Done = [Hash, Other], Stopped = new Dictionary<string, IReadOnlyList<string>> { [Hash] = [Other] } };
        var read = FollowUpRecord.Parse(record.Render())!;
        Assert.Equal(("00AB", Time, "FF"), (read.Replaced, read.Since, read.DoneFor));
        Assert.Equal([Hash, Other], read.Done);
        Assert.Equal([Other], read.Stopped[Hash]);
        Assert.Equal(new FollowUpRecord("AB", Time) with { Done = [], Stopped = read.Stopped }, FollowUpRecord.Parse(new FollowUpRecord("AB", Time).Render())! with { Done = [], Stopped = read.Stopped });
    }

    [Fact]
    public void Parse_RecordOfPublications_IsTheSame_AndOpenForAnyCertificate()
    {
        var record = FollowUpRecord.Parse(FollowUpRecord.ForAny(Time).Render())!;
        Assert.Equal((true, string.Empty, Time), (record.IsForPublications, record.OldSerialNumber, record.Since));
        Assert.True(record.IsOpenFor("AB"));
        Assert.False(FollowUpRecord.Parse(new FollowUpRecord("AB", Time).Render())!.IsForPublications);
        Assert.Null(FollowUpRecord.Parse(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(record.Render()).Replace("true", "1", StringComparison.Ordinal))));
    }

    [Fact]
    public void Render_Command_HoldsNeitherProgramNorArgument()
    {
        var action = new CommandAction("/opt/hook-program", ["hook-argument"]);
        var text = Encoding.UTF8.GetString(new FollowUpRecord("AB", Time).WithDone(new HashSet<string> { action.Hash }, "CD").Render());
        Assert.DoesNotContain("hook", text, StringComparison.Ordinal);
        Assert.Equal($"{{\"version\":2,\"replaced\":\"AB\",\"since\":\"2026-11-23T15:00:00.1230000Z\",\"doneFor\":\"CD\",\"done\":[\"{action.Hash}\"]}}\n", text);
    }

    // An update of the module must not lose the pending actions of the version before it.
    [Fact]
    public void Parse_RecordOfVersion1_IsOpenSinceTheOldestEntry()
    {
        var text = $$"""
            {"version":1,"pending":[
            {"index":0,"hash":"{{Hash}}","serial":"0B","time":"2026-11-23T15:00:00Z"},
            {"index":1,"hash":"{{Other}}","serial":"0A","time":"2026-11-22T15:00:00Z","stopped":["{{Hash}}"]}]}
            """;
        var record = FollowUpRecord.Parse(Encoding.UTF8.GetBytes(text))!;
        Assert.Equal(("0A", new DateTimeOffset(2026, 11, 22, 15, 0, 0, TimeSpan.Zero), null), (record.Replaced, record.Since, record.DoneFor));
        Assert.True(record.IsOpenFor("0C"));
        Assert.Equal([Hash], record.Stopped[Other]);
    }

    [Theory]
    [InlineData("0A", null, false)]
    [InlineData("0B", null, true)]
    [InlineData("0B", "0B", true)]
    [InlineData("0A", "0B", true)]
    public void IsOpenFor_Certificate_UnlessTheReplacedOneIsBackAndNoOtherWasLoaded(string present, string? doneFor, bool isOpen) =>
        Assert.Equal(isOpen, new FollowUpRecord("0A", Time) { DoneFor = doneFor }.IsOpenFor(present));

    [Fact]
    public void WithDone_AnotherCertificate_ForgetsTheEarlierOne()
    {
        var record = new FollowUpRecord("0A", Time).WithDone(new HashSet<string> { Reload.Hash }, "0B");
        Assert.True(record.IsDone(Reload, "0B"));
        Assert.False(record.IsDone(Reload, "0C"));
        var later = record.WithDone(new HashSet<string> { Hash }, "0C");
        Assert.False(later.IsDone(Reload, "0C"));
        Assert.False(later.IsDone(Reload, "0B"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"version\":2}")]
    [InlineData("{\"version\":2,\"replaced\":\"AB\"}")]
    [InlineData("{\"version\":3,\"replaced\":\"AB\",\"since\":\"2026-01-01T00:00:00Z\"}")]
    [InlineData("{\"version\":\"2\",\"replaced\":\"AB\",\"since\":\"2026-01-01T00:00:00Z\"}")]
    [InlineData("{\"version\":2,\"version\":2,\"replaced\":\"AB\",\"since\":\"2026-01-01T00:00:00Z\"}")]
    [InlineData("{\"version\":2,\"replaced\":\"../x\",\"since\":\"2026-01-01T00:00:00Z\"}")]
    [InlineData("{\"version\":2,\"replaced\":null,\"since\":\"2026-01-01T00:00:00Z\"}")]
    [InlineData("{\"version\":2,\"replaced\":\"AB\",\"since\":\"yesterday\"}")]
    [InlineData("{\"version\":2,\"replaced\":\"AB\",\"since\":\"2026-01-01T00:00:00Z\",\"command\":\"sh\"}")]
    [InlineData("{\"version\":2,\"replaced\":\"AB\",\"since\":\"2026-01-01T00:00:00Z\",\"doneFor\":\"CD\"}")]
    [InlineData("{\"version\":2,\"replaced\":\"AB\",\"since\":\"2026-01-01T00:00:00Z\",\"doneFor\":\"CD\",\"done\":[\"short\"]}")]
    [InlineData("{\"version\":2,\"replaced\":\"AB\",\"since\":\"2026-01-01T00:00:00Z\",\"doneFor\":\"CD\",\"done\":[null]}")]
    [InlineData("{\"version\":2,\"replaced\":\"AB\",\"since\":\"2026-01-01T00:00:00Z\",\"doneFor\":\"CD\",\"done\":\"HASH\"}")]
    [InlineData("{\"version\":2,\"replaced\":\"AB\",\"since\":\"2026-01-01T00:00:00Z\",\"stopped\":{\"HASH\":[\"Spooler\"]}}")]
    [InlineData("{\"version\":2,\"replaced\":\"AB\",\"since\":\"2026-01-01T00:00:00Z\",\"stopped\":{\"sh\":[\"HASH\"]}}")]
    [InlineData("{\"version\":1,\"pending\":[]}")]
    [InlineData("{\"version\":1,\"pending\":{}}")]
    [InlineData("{\"version\":1,\"pending\":[ENTRY],\"command\":\"sh\"}")]
    [InlineData("{\"version\":1,\"pending\":[ENTRY,null]}")]
    [InlineData("{\"version\":1,\"pending\":[ENTRY")]
    [InlineData("{\"version\":1,\"pending\":[{\"index\":0,\"hash\":\"HASH\",\"serial\":\"AB\"}]}")]
    [InlineData("{\"version\":1,\"pending\":[{\"index\":0,\"hash\":\"HASH\",\"serial\":\"AB\",\"time\":\"2026-01-01T00:00:00Z\",\"program\":\"sh\"}]}")]
    [InlineData("{\"version\":1,\"pending\":[{\"index\":0,\"hash\":\"HASH\",\"serial\":\"AB\",\"time\":\"2026-01-01T00:00:00Z\",\"stopped\":[\"Spooler\"]}]}")]
    [InlineData("{\"version\":1,\"pending\":[{\"index\":0,\"hash\":\"HASH\",\"serial\":\"AB\",\"time\":\"2026-01-01T00:00:00Z\",\"stopped\":\"HASH\"}]}")]
    [InlineData("{\"version\":1,\"pending\":[{\"index\":0,\"hash\":\"HASH\",\"serial\":\"../x\",\"time\":\"2026-01-01T00:00:00Z\"}]}")]
    [InlineData("{\"version\":1,\"pending\":[{\"index\":0,\"hash\":\"HASH\",\"serial\":\"AB\",\"time\":\"yesterday\"}]}")]
    public void Parse_DamagedOrForged_IsRefusedAsAWhole(string text)
    {
        var entry = "{\"index\":0,\"hash\":\"HASH\",\"serial\":\"AB\",\"time\":\"2026-01-01T00:00:00Z\"}";
        Assert.Null(FollowUpRecord.Parse(Encoding.UTF8.GetBytes(text.Replace("ENTRY", entry, StringComparison.Ordinal).Replace("HASH", Hash, StringComparison.Ordinal))));
    }

    [Fact]
    public void Parse_CutAnywhere_IsRefused()
    {
        var whole = new FollowUpRecord("AB", Time).WithDone(new HashSet<string> { Hash }, "CD").Render();
        // The line feed at the end is not part of the record.
        for (var length = 0; length < whole.Length - 1; length++)
            Assert.Null(FollowUpRecord.Parse(whole[..length]));
    }

    [Fact]
    public void Parse_DamagedRecordWrittenAgain_IsARecord()
    {
        var record = FollowUpRecord.Parse(FollowUpRecord.Damaged.WithDone(new HashSet<string> { Hash }, "CD").Render());
        Assert.True(record!.IsOpenFor("CD"));
        Assert.Empty(record.OldSerialNumber);
    }
}
