namespace StepCaRenew.Certificates.Pem;

/// <summary>Writes the blocks of a PEM file.</summary>
internal static class PemWriter
{
    /// <summary>The content of a file: each block on lines of its own, with the line ends of the model, or LF without one.</summary>
    public static byte[] Write(IEnumerable<string> blocks, PemDocument? model)
    {
        var end = model is { HasWindowsLineEnds: true } ? "\r\n" : "\n";
        return TextFile.Encode(string.Concat(blocks.Select(block => block.ReplaceLineEndings(end) + end)));
    }
}
