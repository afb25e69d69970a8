using System.Text;

namespace StepCaRenew.Certificates.Pem;

/// <summary>Decodes text files as editors and shells write them: UTF-8 or UTF-16, with or without a byte order mark.</summary>
/// <remarks>Windows PowerShell writes UTF-16 with a mark (redirection, Out-File), or UTF-8 with one (Set-Content -Encoding UTF8).</remarks>
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
        // UTF-16 without a mark: the other byte of an ASCII character is zero, which UTF-8 text never contains.
        [not 0, 0, not 0, 0, ..] => LittleEndian.GetString(bytes),
        [0, not 0, 0, not 0, ..] => BigEndian.GetString(bytes),
        _ => Utf8.GetString(bytes),
    };

    /// <summary>Encodes text as UTF-8 without a mark, which every TLS server reads.</summary>
    public static byte[] Encode(string text) => Utf8.GetBytes(text);
}
