using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Inspection;
using StepCaRenew.Registration;

namespace StepCaRenew.Unit.Registration;

/// <summary>The schema and the code agree, so that an editor finds the errors that a run would find.</summary>
public sealed class SchemaTests
{
    // Rules that the schema cannot have; each with its reason.
    private static readonly string[] ReaderAlone =
    [
        "'mail'", // the file's name
        "Write 8s", "greater than zero", "not a percentage", // durations and percentages are checked by their own rules
        "https", "names no port", // likewise addresses
        "control character", "The signal", "twice", "two of them",
    ];

    [Theory]
    [MemberData(nameof(DefinitionReadTests.Broken), MemberType = typeof(DefinitionReadTests))]
    public void Schema_InvalidDefinition_IsRefused(string text, int line, string property, string reason)
    {
        _ = (line, property);
        if (ReaderAlone.Contains(reason))
            return;
        Assert.False(IsAccepted(text), reason);
    }

    [Fact]
    public void Schema_Properties_AreThoseOfTheRecords_WithADescription()
    {
        using var schema = JsonDocument.Parse(DefinitionFormat.Schema.ToArray());
        var properties = schema.RootElement.GetProperty("properties").EnumerateObject().ToList();
        Assert.Equal(Names(DefinitionFormat.Type), properties.Select(property => property.Name).Order());
        Assert.All(properties, property => Assert.NotEmpty(property.Value.GetProperty("description").GetString()!));
        Assert.Equal(Names(DefinitionFormat.Type.Options.GetTypeInfo(typeof(CaOptions))), Names(schema.RootElement.GetProperty("properties").GetProperty("ca")));
        Assert.Equal(Names(DefinitionFormat.Type.Options.GetTypeInfo(typeof(CertificateSet))), Names(schema.RootElement.GetProperty("properties").GetProperty("certificates")));
        Assert.Equal(Names(DefinitionJson.Default.RuleProperties), Names(schema.RootElement.GetProperty("properties").GetProperty("when")));
        var actions = schema.RootElement.GetProperty("$defs").GetProperty("action").GetProperty("oneOf").EnumerateArray();
        Assert.Equal(Names(DefinitionJson.Default.ActionProperties), actions.SelectMany(Names).Distinct().Order());
        var publications = schema.RootElement.GetProperty("$defs").GetProperty("publication").GetProperty("oneOf").EnumerateArray();
        Assert.Equal(Names(DefinitionJson.Default.PublicationProperties), publications.SelectMany(Names).Distinct().Order());
    }

    private static IEnumerable<string> Names(JsonTypeInfo type) => type.Properties.Select(property => property.Name).Order();

    private static IEnumerable<string> Names(JsonElement schema) => schema.GetProperty("properties").EnumerateObject().Select(property => property.Name).Order();

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
