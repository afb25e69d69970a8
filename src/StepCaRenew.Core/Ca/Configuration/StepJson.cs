using System.Text.Json;
using System.Text.Json.Nodes;
using StepCaRenew.Certificates.Pem;
using StepCaRenew.FileSystem;
using StepCaRenew.Json;

namespace StepCaRenew.Ca.Configuration;

/// <summary>Reads and changes the JSON files of the step configuration.</summary>
internal static class StepJson
{
    private const string What = "step configuration";

    private static readonly JsonDocumentOptions Options = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>Reads a file whose root is an object; <paramref name="select"/> gets the object.</summary>
    /// <exception cref="RenewalException">The file cannot be read, or is not a JSON object.</exception>
    public static T Read<T>(string path, Func<JsonElement, T> select)
    {
        var text = TextFile.Decode(InputFile.Read(path, What).Bytes);
        try
        {
            using var document = JsonDocument.Parse(text, Options);
            return document.RootElement.ValueKind == JsonValueKind.Object ? select(document.RootElement) : throw new JsonException("it is not an object");
        }
        // GetString throws InvalidOperationException for an escaped half of a surrogate pair.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Invalid(path, e);
        }
    }

    /// <summary>The content of a file after a change of its object; the other members are kept. A missing or empty file has none.</summary>
    /// <exception cref="RenewalException">The file cannot be read, or is not a JSON object.</exception>
    public static byte[] Change(string path, Action<JsonObject> change)
    {
        var text = File.Exists(path) && new FileInfo(path).Length > 0 ? TextFile.Decode(InputFile.Read(path, What).Bytes) : "{}";
        try
        {
            var root = JsonNode.Parse(text, documentOptions: Options) as JsonObject ?? throw new JsonException("it is not an object");
            change(root);
            return JsonText.Render(writer => root.WriteTo(writer));
        }
        // ArgumentException for a member that occurs twice.
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw Invalid(path, e);
        }
    }

    private static RenewalException Invalid(string path, Exception e) => new(
        ErrorId.StepConfigInvalid, $"The step configuration '{path}' cannot be read: {e.Message}",
        "Fix the file, or delete it and create it again with Initialize-StepContext.", e);
}
