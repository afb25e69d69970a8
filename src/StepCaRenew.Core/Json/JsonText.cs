using System.Text.Encodings.Web;
using System.Text.Json;

namespace StepCaRenew.Json;

/// <summary>Writes the JSON files of the module: indented, with line feeds on every platform, so that a file that moves to another machine is the same.</summary>
internal static class JsonText
{
    // Paths and names in any script stay readable; the files are not HTML.
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The bytes of a file.</summary>
    /// <param name="write">Writes the object.</param>
    public static byte[] Render(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Options))
            write(json);
        bytes.WriteByte((byte)'\n');
        // In a string a carriage return is escaped, so each one here ends a line.
        return Array.FindAll(bytes.ToArray(), one => one != '\r');
    }
}
