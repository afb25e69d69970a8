using System.Collections;
using System.Text.RegularExpressions;

namespace StepCaRenew.Unit;

/// <summary>The rules that all results of the cmdlets follow.</summary>
public sealed partial class ResultTests
{
    public static TheoryData<Type> All => [typeof(StepCertificate), typeof(PairTestResult), typeof(RenewalResult), typeof(RenewalTask), typeof(RenewalTaskCertificate), typeof(RegistrationPlan), typeof(IssuancePlan), typeof(StepCaProvisioner)];

    /// <summary>Results without a name.</summary>
    public static TheoryData<Type> AllAndNameless => [.. All.Select(row => row.Data), typeof(StepContext), typeof(StepCa), typeof(StepCaRoot)];

    // PowerShell calls an init accessor as it calls any setter.
    [Theory]
    [MemberData(nameof(AllAndNameless))]
    public void Properties_CannotBeSet(Type type) =>
        Assert.Empty(type.GetProperties().Where(property => property.SetMethod is { IsPublic: true }).Select(property => property.Name));

    [Theory]
    [MemberData(nameof(All))]
    public void ToString_IsTheName(Type type)
    {
        var result = Activator.CreateInstance(type)!;
        type.GetProperty("Name")!.SetValue(result, "web");
        Assert.Equal(type == typeof(StepCaProvisioner) ? "web ()" : "web", result.ToString());
    }

    // Export-Csv writes the name of an array's type.
    [Theory]
    [MemberData(nameof(AllAndNameless))]
    public void Lists_HaveAText(Type type) =>
        Assert.All(type.GetProperties().Select(property => property.PropertyType).Where(property => property != typeof(string) && typeof(IEnumerable).IsAssignableFrom(property)), property =>
            Assert.True(property == typeof(TextList) || property.GetGenericTypeDefinition() == typeof(ResultList<>), property.Name));

    // A date of the user's calendar would be in a message; see MessageTime. Formats of log events are invariant.
    [Fact]
    public void Times_AreFormattedForMessagesInOnePlace()
    {
        var folder = Path.Combine(Repository.Require(), "src");
        var places = Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("DevCa", StringComparison.Ordinal) && !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(file => File.ReadLines(file).Where(line => CultureTime().IsMatch(line) && !line.Contains("InvariantCulture", StringComparison.Ordinal)).Select(line => $"{Path.GetFileName(file)}: {line.Trim()}"));
        Assert.Empty(places);
    }

    [Fact]
    public void TextList_IsTextAndList_AndCannotBeChanged()
    {
        var names = TextList.FromNames(["a.example.com", "b.example.com"]);
        Assert.Equal("a.example.com, b.example.com", names.ToString());
        Assert.Equal("One. Two.", TextList.FromSentences(["One.", "Two."]).ToString());
        Assert.Equal(string.Empty, TextList.Empty.ToString());
        Assert.Equal(["a.example.com", "b.example.com"], names);
        Assert.Throws<NotSupportedException>(() => ((IList)names)[0] = "c");
        Assert.Throws<NotSupportedException>(() => ((IList)names).Add("c"));
    }

    // {time:yyyy-MM-dd} in a text, or time.ToString("yyyy-MM-dd").
    [GeneratedRegex("""\{[^{}"]*:[^{}"]*(yyyy|HH:mm)|ToString\("[^"]*(yyyy|HH:mm)""")]
    private static partial Regex CultureTime();
}
