using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit;

/// <summary>Messages, comments, names, tests, help and docs are written in plain English.</summary>
public sealed class PlainWordsTests
{
    public static TheoryData<string> Examples { get; } = [.. PlainWords.Banned.Select(banned => banned.Example)];

    [Fact]
    public void Files_HaveNoBannedWording()
    {
        var root = Repository.Require();
        var files = PlainWords.Files(root).ToList();
        Assert.Contains("README.md", files);
        var found = files.SelectMany(file => PlainWords.FindInFile(root, file)).ToList();
        Assert.True(found.Count == 0, $"{found.Count} wordings that a reader must translate:\n{string.Join('\n', found)}");
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Find_Example_NamesItsWordingAndNotThePlainOne(string example)
    {
        var banned = PlainWords.Banned.Single(banned => banned.Example == example);
        Assert.Contains(PlainWords.Find(example), found => found.Banned == banned);
        Assert.DoesNotContain(PlainWords.Find(banned.Plain), found => found.Banned == banned);
    }

    [Theory]
    [InlineData("/// <summary>Reads the file and tells\n    /// of its error.</summary>", 1, "tells of")]
    [InlineData("one\ntwo\n    var x = Settle();", 3, "settle")]
    [InlineData("// one\n// Two. Whoever\n", 2, "whoever")]
    [InlineData("public void Run_OwedActions_AreRun()", 1, "owed")]
    public void Find_WordingInALine_NamesTheLineWhereItBegins(string text, int line, string words)
    {
        var found = Assert.Single(PlainWords.Find(text));
        Assert.Equal(line, found.Line);
        Assert.Equal(words, found.Words);
    }
}
