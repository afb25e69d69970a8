using System.Runtime.InteropServices;
using System.Text;

namespace StepCaRenew.Processes;

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
