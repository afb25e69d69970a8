using System.Runtime.InteropServices;
using System.Text;

namespace StepCaRenew.Actions;

/// <summary>
/// Reads the output of a program, line by line: as UTF-8, and a line that is not UTF-8 in the code page of the console. Programs of
/// Windows write the OEM code page unless they are told otherwise.
/// </summary>
internal static partial class OutputDecoder
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly Lazy<Encoding> OfSystem = new(() => OperatingSystem.IsWindows() ? CodePage((int)GetOEMCP()) : Encoding.UTF8);

    /// <summary>Reads output in UTF-8 or the code page of this system; off Windows in UTF-8 alone.</summary>
    public static string Decode(ReadOnlySpan<byte> output) => Decode(output, OfSystem.Value);

    /// <summary>Reads output.</summary>
    /// <param name="output">The bytes.</param>
    /// <param name="other">What a line is written in that is not UTF-8.</param>
    public static string Decode(ReadOnlySpan<byte> output, Encoding other)
    {
        // Then there is nothing to choose between, and each line of another encoding would cost an exception.
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

    /// <summary>The code page of a number.</summary>
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
