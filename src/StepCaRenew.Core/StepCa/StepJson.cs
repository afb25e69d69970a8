using System.Text.Json;
using StepCaRenew.Certificates;

namespace StepCaRenew.StepCa;

/// <summary>Reads a JSON file of the step configuration.</summary>
internal static class StepJson
{
    private static readonly JsonDocumentOptions Options = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>Reads a file whose root is an object.</summary>
    /// <exception cref="RenewalException">The file can't be read, or is something else.</exception>
    public static JsonDocument Read(string path)
    {
        var text = TextFile.Decode(InputFile.Read(path, "step configuration").Bytes);
        try
        {
            var document = JsonDocument.Parse(text, Options);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document;
            document.Dispose();
            throw new JsonException("it is not an object");
        }
        catch (JsonException e)
        {
            throw new RenewalException(
                ErrorId.StepConfigInvalid, $"The step configuration '{path}' can't be read: {e.Message}", "Mend the file, or write it anew with 'step ca bootstrap'.", e);
        }
    }
}
