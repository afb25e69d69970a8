using System.Text.Json;
using StepCaRenew.Certificates.Pem;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Ca.Configuration;

/// <summary>Reads a JSON file of the step configuration.</summary>
internal static class StepJson
{
    private static readonly JsonDocumentOptions Options = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>Reads a file whose root is an object; <paramref name="select"/> gets the object.</summary>
    /// <exception cref="RenewalException">The file cannot be read, or is not a JSON object.</exception>
    public static T Read<T>(string path, Func<JsonElement, T> select)
    {
        var text = TextFile.Decode(InputFile.Read(path, "step configuration").Bytes);
        try
        {
            using var document = JsonDocument.Parse(text, Options);
            return document.RootElement.ValueKind == JsonValueKind.Object ? select(document.RootElement) : throw new JsonException("it is not an object");
        }
        // GetString throws InvalidOperationException for an escaped half of a surrogate pair.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new RenewalException(
                ErrorId.StepConfigInvalid, $"The step configuration '{path}' cannot be read: {e.Message}", "Fix the file, or create it again with 'step ca bootstrap'.", e);
        }
    }
}
