using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using StepCaRenew.Registration;

namespace StepCaRenew.Unit.Registration;

/// <summary>Checks a definition as an editor does, by the shipped schema.</summary>
internal static class SchemaCheck
{
    private static readonly JsonSchema Schema = JsonSchema.FromText(System.Text.Encoding.UTF8.GetString(DefinitionFormat.Schema));

    public static bool Accepts(string text)
    {
        using var json = JsonDocument.Parse(text, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
        return Schema.Evaluate(json.RootElement).IsValid;
    }
}
