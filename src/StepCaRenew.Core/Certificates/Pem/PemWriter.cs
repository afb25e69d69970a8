namespace StepCaRenew.Certificates.Pem;

/// <summary>Writes PEM blocks one after the other.</summary>
internal static class PemWriter
{
    /// <summary>The text of a file: each block on lines of its own, with the line ends of the old file.</summary>
    public static string Join(IEnumerable<string> blocks, bool windowsLineEnds)
    {
        var end = windowsLineEnds ? "\r\n" : "\n";
        return string.Concat(blocks.Select(block => block.ReplaceLineEndings(end) + end));
    }
}
