using System.Reflection;
using System.Text.RegularExpressions;

namespace StepCaRenew.Unit;

public sealed partial class ErrorIdTests
{
    private static readonly FieldInfo[] Ids = typeof(ErrorId).GetFields(BindingFlags.Public | BindingFlags.Static);

    [Fact]
    public void EveryId_IsItsName()
    {
        Assert.NotEmpty(Ids);
        Assert.All(Ids, id => Assert.True(id is { IsLiteral: true } && (string?)id.GetRawConstantValue() == id.Name, id.Name));
    }

    [Fact]
    public void EveryId_IsThrownSomewhere()
    {
        var sources = Path.Combine(Repository.Require(), "src");
        // Only places that create an error, not those that sort errors by id.
        var thrown = Directory.EnumerateFiles(sources, "*.cs", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) is not "ErrorRecords.cs" && !Path.GetFileName(file).StartsWith("ErrorId.", StringComparison.Ordinal))
            .SelectMany(file => Uses().Matches(File.ReadAllText(file)).Select(use => use.Groups[1].Value))
            .ToHashSet();
        Assert.Empty(Ids.Select(id => id.Name).Except(thrown));
        Assert.Empty(thrown.Except(Ids.Select(id => id.Name)));
    }

    [GeneratedRegex(@"(?<![\w.])ErrorId\.([A-Z]\w+)")]
    private static partial Regex Uses();
}
