using System.Text.RegularExpressions;

namespace StepCaRenew.Unit;

/// <summary>The docs name only files that exist.</summary>
public sealed partial class DocsTests
{
    private static readonly string[] Folders = ["src/", "tests/", "build/", "docs/", "tools/", "demo/", "en-US/", "dsc/", "ansible/"];

    public static TheoryData<string> Pages { get; } =
        ["README.md", "CONTRIBUTING.md", "architecture.md", "crash-safety.md", "dsc.md", "enrolment.md", "fleet.md", "migrating.md", "monitoring.md", "performance.md", "performance-herd.md", "platforms.md", "schedulers-on-linux.md", "testing.md", "windows.md"];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Page_PathsAndLinks_Exist(string name)
    {
        var root = Repository.Require();
        var folder = char.IsUpper(name[0]) ? root : Path.Combine(root, "docs");
        var text = File.ReadAllText(Path.Combine(folder, name));
        var paths = Code().Matches(text).Select(match => match.Groups[1].Value)
            .Where(path => Folders.Any(known => path.StartsWith(known, StringComparison.Ordinal)))
            .Select(path => (Text: path, Path: Path.Combine(root, path)));
        var links = Link().Matches(text).Select(match => match.Groups[1].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal))
            .Select(target => (Text: target, Path: Path.Combine(folder, target)));
        var missing = paths.Concat(links).Where(named => !Path.Exists(named.Path)).Select(named => named.Text).ToList();
        Assert.True(missing.Count == 0, $"{name} names files that do not exist: {string.Join(", ", missing)}");
    }

    /// <summary>The table "to change X, look at Y" is worth nothing if it is empty or names no files.</summary>
    [Fact]
    public void Architecture_Map_NamesFilesInEachRow()
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Require(), "docs", "architecture.md"));
        var rows = lines.SkipWhile(line => !line.StartsWith("| To change", StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|')).ToList();
        Assert.True(rows.Count >= 15, $"{rows.Count} rows");
        Assert.All(rows, row => Assert.Contains(Code().Matches(row), match => Folders.Any(folder => match.Groups[1].Value.StartsWith(folder, StringComparison.Ordinal))));
    }

    [Fact]
    public void Architecture_Walk_NamesTypesAndMembersThatExist()
    {
        var root = Repository.Require();
        var sources = Directory.EnumerateFiles(Path.Combine(root, "src"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText)
            .SelectMany(text => Declared().Matches(text).Select(match => (Type: match.Groups[1].Value, Text: text))).ToLookup(one => one.Type, one => one.Text);
        var text = File.ReadAllText(Path.Combine(root, "docs", "architecture.md"));
        var begin = text.IndexOf("## A walk", StringComparison.Ordinal);
        var walk = text[begin..text.IndexOf("\n## ", begin, StringComparison.Ordinal)];
        var names = Name().Matches(walk).Select(match => (Type: match.Groups[1].Value, Member: match.Groups[2].Value)).ToList();
        Assert.InRange(Hop().Count(walk), 8, 15);
        Assert.True(names.Count >= 20, $"{names.Count} names");
        var missing = names.Where(name => !sources[name.Type].Any(source => source.Contains($" {name.Member}", StringComparison.Ordinal))).ToList();
        Assert.True(missing.Count == 0, string.Join(", ", missing));
    }

    [GeneratedRegex(@"`([\w./-]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"`([A-Z]\w+)(?:\.(\w+))?`")]
    private static partial Regex Name();

    [GeneratedRegex(@"^(?:public|internal) (?:[a-z]+ )*(?:class|record|struct|enum|interface) (\w+)", RegexOptions.Multiline)]
    private static partial Regex Declared();

    [GeneratedRegex(@"^\d+\. ", RegexOptions.Multiline)]
    private static partial Regex Hop();

    [GeneratedRegex(@"\]\(([^)#\s]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();
}
