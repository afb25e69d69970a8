using System.Text.Json;
using StepCaRenew.Text;

namespace StepCaRenew.Registration.Accounts;

/// <summary>Text of another account, made fit to be shown to root.</summary>
internal static class AccountText
{
    private const int Longest = 4096;
    private const int LongestWord = 64;

    // The serial number of a certificate has at most 20 bytes (RFC 5280, 4.1.2.2); others are seen all the same.
    private const int LongestNumber = 128;

    /// <summary>One line without control characters and escape sequences, of bounded length.</summary>
    /// <exception cref="JsonException">There is none: the reader of JSON leaves out what the other account leaves out.</exception>
    public static string Clean(string? text)
    {
        if (text is null)
            throw new JsonException();
        var plain = PlainText.Strip(text.Length > Longest ? text[..Longest] + "…" : text);
        return string.Concat(plain.Select(one => one is '\n' or '\t' ? ' ' : one)).Trim();
    }

    /// <summary>An error id.</summary>
    /// <exception cref="JsonException">It is not one.</exception>
    public static string Word(string text) => text is { Length: > 0 and <= LongestWord } && text.All(char.IsAsciiLetterOrDigit) ? text : throw new JsonException();

    /// <summary>A hexadecimal number.</summary>
    /// <exception cref="JsonException">It is not one.</exception>
    public static string? Hex(string? text) => text is null || (text.Length <= LongestNumber && text.All(char.IsAsciiHexDigit)) ? text : throw new JsonException();
}
