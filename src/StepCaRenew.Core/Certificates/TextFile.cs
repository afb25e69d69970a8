using System.Text;

namespace StepCaRenew.Certificates;

/// <summary>Turns the bytes of a text file into text, whatever editor or shell wrote it.</summary>
/// <remarks>Windows PowerShell's redirection and Out-File write UTF-16 with a byte order mark, Set-Content -Encoding UTF8 one of UTF-8.</remarks>
internal static class TextFile
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);
    private static readonly UnicodeEncoding LittleEndian = new(bigEndian: false, byteOrderMark: true);
    private static readonly UnicodeEncoding BigEndian = new(bigEndian: true, byteOrderMark: true);

    public static string Decode(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xEF, 0xBB, 0xBF, .. var rest] => Utf8.GetString(rest),
        [0xFF, 0xFE, .. var rest] => LittleEndian.GetString(rest),
        [0xFE, 0xFF, .. var rest] => BigEndian.GetString(rest),
        // Without a mark: an ASCII character's other byte is zero, which no UTF-8 text has.
        [not 0, 0, not 0, 0, ..] => LittleEndian.GetString(bytes),
        [0, not 0, 0, not 0, ..] => BigEndian.GetString(bytes),
        _ => Utf8.GetString(bytes),
    };

    /// <summary>The bytes of a text as this module writes it: UTF-8 without a mark, which every TLS server reads.</summary>
    public static byte[] Encode(string text) => Utf8.GetBytes(text);
}
