using System.Text.Json;
using StepCaRenew.Registration;

namespace StepCaRenew.Unit.Registration;

/// <summary>The schema and the reader say the same, so that an editor's word holds.</summary>
public sealed class SchemaTests
{
    // Rules that a schema can't express, or that the reader enforces more strictly; each with its reason.
    private static readonly string[] ReaderAlone =
    [
        "'mail'", // the file's name
        "Write 8s", "greater than zero", "not a percentage", // durations and percentages are checked by their own rules
        "https", // likewise addresses
        "control character", "The signal", "twice",
    ];

    [Theory]
    [MemberData(nameof(DefinitionReaderTests.Broken), MemberType = typeof(DefinitionReaderTests))]
    public void Definition_RefusedByTheReader_IsRefusedByTheSchema(string text, int line, string property, string reason)
    {
        _ = (line, property);
        if (ReaderAlone.Contains(reason))
            return;
        Assert.False(IsAccepted(text), reason);
    }

    [Fact]
    public void Schema_KnowsTheReadersProperties_EachWithADescription()
    {
        using var schema = JsonDocument.Parse(RenewalSchema.Bytes.ToArray());
        var properties = schema.RootElement.GetProperty("properties").EnumerateObject().ToList();
        Assert.Equal(DefinitionReader.Properties, properties.Select(property => property.Name));
        Assert.All(properties, property => Assert.NotEmpty(property.Value.GetProperty("description").GetString()!));
    }

    private static bool IsAccepted(string text)
    {
        try
        {
            return SchemaCheck.Accepts(text);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
