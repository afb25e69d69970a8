using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using StepCaRenew.Text;

namespace StepCaRenew.Processes;

/// <summary>Keeps the end of a program's output, where the reason of a failure is. Memory use is bounded.</summary>
internal sealed class OutputTail
{
    /// <summary>The number of bytes that are kept.</summary>
    public const int Capacity = 64 * 1024;

    private readonly byte[] ring = new byte[Capacity];
    private readonly object gate = new();
    private long total;

    /// <summary>Reads a stream to its end.</summary>
    public Task ReadAsync(Stream stream) => ReadAsync(stream, null);

    /// <summary>Reads a stream to its end, also into another tail.</summary>
    public async Task ReadAsync(Stream stream, OutputTail? other)
    {
        var buffer = new byte[4096];
        while (await stream.ReadAsync(buffer).ConfigureAwait(false) is > 0 and var count)
        {
            Add(buffer.AsSpan(0, count));
            other?.Add(buffer.AsSpan(0, count));
        }
    }

    /// <summary>Adds bytes of either stream of a program, in the order of arrival.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        lock (gate)
        {
            foreach (var one in bytes)
                ring[total++ % Capacity] = one;
        }
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        lock (gate)
        {
            if (total <= Capacity)
                return OutputDecoder.Decode(ring.AsSpan(0, (int)total));
            var start = (int)(total % Capacity);
            byte[] end = [.. ring[start..], .. ring[..start]];
            // The rest of a character that was cut.
            var rest = end.TakeWhile(one => (one & 0xC0) == 0x80).Take(3).Count();
            return $"(the first {total - Capacity + rest:N0} bytes were left out)\n" + OutputDecoder.Decode(end.AsSpan(rest));
        }
    }
}

/// <summary>
/// Decodes the output of a program, line by line: as UTF-8, or in the OEM code page if a line is not UTF-8. That is what programs
/// of Windows write by default.
/// </summary>
internal static partial class OutputDecoder
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly Lazy<Encoding> SystemCodePage = new(() => OperatingSystem.IsWindows() ? CodePage((int)GetOEMCP()) : Encoding.UTF8);

    /// <summary>Decodes output in UTF-8 or the OEM code page of this system; outside Windows only in UTF-8.</summary>
    public static string Decode(ReadOnlySpan<byte> output) => Decode(output, SystemCodePage.Value);

    /// <summary>Decodes output.</summary>
    /// <param name="output">The bytes.</param>
    /// <param name="other">The encoding of lines that are not UTF-8.</param>
    public static string Decode(ReadOnlySpan<byte> output, Encoding other)
    {
        // No choice to make, and invalid lines would cost an exception each.
        if (other is UTF8Encoding)
            return other.GetString(output);
        var text = new StringBuilder(output.Length);
        while (!output.IsEmpty)
        {
            var end = output.IndexOf((byte)'\n') + 1;
            var line = end == 0 ? output : output[..end];
            text.Append(DecodeLine(line, other));
            output = output[line.Length..];
        }

        return text.ToString();
    }

    /// <summary>The code page with this number.</summary>
    public static Encoding CodePage(int number) => CodePagesEncodingProvider.Instance.GetEncoding(number) ?? Encoding.UTF8;

    private static string DecodeLine(ReadOnlySpan<byte> line, Encoding other)
    {
        try
        {
            return Strict.GetString(line);
        }
        catch (DecoderFallbackException)
        {
            return other.GetString(line);
        }
    }

    [LibraryImport("kernel32")]
    private static partial uint GetOEMCP();
}

/// <summary>Cleans a program's output for a log: removes secrets of known forms, escape sequences and control characters.</summary>
internal static partial class OutputCleaner
{
    private const int LineLength = 300;

    /// <summary>Cleans a whole output.</summary>
    public static string Clean(string output)
    {
        // Escape sequences first: inside a key or a token they would hide it from the patterns.
        var text = SecretText.Mask(PlainText.Strip(output));
        return Base64().Replace(text, "(base64)").TrimEnd();
    }

    /// <summary>The last line that is not empty, for a message.</summary>
    public static string LastLine(string output)
    {
        // PowerShell draws a margin of bars before the text of an error.
        var line = Clean(output).Split('\n').Select(one => Margin().Replace(one, string.Empty).Trim()).LastOrDefault(one => one.Length > 0) ?? string.Empty;
        return line.Length > LineLength ? line[..LineLength] + "…" : line;
    }

    // The body of a PEM file without its first and last line: lines of 64 characters (76 in MIME), then a shorter one. 64
    // hexadecimal digits are a fingerprint and are kept.
    [GeneratedRegex(@"^[ \t]*(?![0-9A-Fa-f]{64}[ \t]*$)[A-Za-z0-9+/]{64}([A-Za-z0-9+/]{12})?[ \t]*$(\n[ \t]*[A-Za-z0-9+/]{1,76}={0,2}[ \t]*$)*", RegexOptions.Multiline)]
    private static partial Regex Base64();

    [GeneratedRegex(@"^\s+\|\s")]
    private static partial Regex Margin();
}
