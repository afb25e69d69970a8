using System.Text.Json;
using StepCaRenew.Certificates;

namespace StepCaRenew.StepCa;

/// <summary>Reads a JSON file of the step configuration.</summary>
internal static class StepJson
{
    private static readonly JsonDocumentOptions Options = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>Reads a file whose root is an object.</summary>
    /// <param name="path">The file.</param>
    /// <param name="select">Takes out of the object what is wanted of it.</param>
    /// <exception cref="RenewalException">The file can't be read, or is something else.</exception>
    public static T Read<T>(string path, Func<JsonElement, T> select)
    {
        var text = TextFile.Decode(InputFile.Read(path, "step configuration").Bytes);
        try
        {
            using var document = JsonDocument.Parse(text, Options);
            return document.RootElement.ValueKind == JsonValueKind.Object ? select(document.RootElement) : throw new JsonException("it is not an object");
        }
        // Half a character, escaped, is found only when the text is asked for, and by another exception.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new RenewalException(
                ErrorId.StepConfigInvalid, $"The step configuration '{path}' can't be read: {e.Message}", "Mend the file, or write it anew with 'step ca bootstrap'.", e);
        }
    }
}
