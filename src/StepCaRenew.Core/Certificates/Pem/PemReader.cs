using System.Text;

namespace StepCaRenew.Certificates.Pem;

/// <summary>Finds the blocks of a PEM text; other text between them is allowed.</summary>
/// <remarks>
/// <see cref="System.Security.Cryptography.PemEncoding"/> implements RFC 7468 only, which has no headers, and silently
/// skips a truncated block. Here headers are read, and a truncated block is an error.
/// </remarks>
internal static class PemReader
{
    private const string Begin = "-----BEGIN ";
    private const string End = "-----END ";
    private const string Dashes = "-----";
    private const int LongestLabel = 32;

    /// <summary>Whether the text holds the beginning of a block.</summary>
    public static bool LooksLikePem(string text) => text.Contains(Begin, StringComparison.Ordinal);

    /// <summary>All blocks in their order.</summary>
    /// <exception cref="FormatException">A block is truncated or not Base64; the message says which.</exception>
    public static IReadOnlyList<PemBlock> Read(string text)
    {
        var blocks = new List<PemBlock>();
        var position = 0;
        while ((position = text.IndexOf(Begin, position, StringComparison.Ordinal)) >= 0)
        {
            var start = position;
            var labelEnd = text.IndexOf(Dashes, start + Begin.Length, StringComparison.Ordinal);
            var line = text.IndexOf('\n', start);
            if (labelEnd < 0 || (line >= 0 && labelEnd > line))
                throw new FormatException($"block {blocks.Count + 1} has a damaged BEGIN line");
            var label = text[(start + Begin.Length)..labelEnd];
            // If the line ends were lost, this is the key itself, and labels are quoted in messages.
            if (!IsLabel(label))
                throw new FormatException($"block {blocks.Count + 1} has a damaged BEGIN line");
            var bodyStart = labelEnd + Dashes.Length;

            var end = text.IndexOf(End + label + Dashes, bodyStart, StringComparison.Ordinal);
            var next = text.IndexOf(Begin, bodyStart, StringComparison.Ordinal);
            if (end < 0 || (next >= 0 && next < end))
                throw new FormatException($"block {blocks.Count + 1} ({label}) is truncated: it has no END line");
            position = end + End.Length + label.Length + Dashes.Length;

            var (headers, base64) = SplitHeaders(text[bodyStart..end]);
            blocks.Add(new PemBlock(label, headers, Decode(base64, label, blocks.Count + 1), text[start..position]));
        }

        return blocks;
    }

    /// <summary>The intact blocks; damaged ones are skipped.</summary>
    public static IEnumerable<PemBlock> ReadIntact(string text)
    {
        for (var start = text.IndexOf(Begin, StringComparison.Ordinal); start >= 0;)
        {
            var next = text.IndexOf(Begin, start + Begin.Length, StringComparison.Ordinal);
            if (TryRead(next < 0 ? text[start..] : text[start..next]) is { } block)
                yield return block;
            start = next;
        }
    }

    private static PemBlock? TryRead(string text)
    {
        try
        {
            return Read(text) is [var block] ? block : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static bool IsLabel(string text) =>
        text.Length is > 0 and <= LongestLabel && text.All(one => one is ' ' or '-' or '.' || char.IsAsciiLetterUpper(one) || char.IsAsciiDigit(one));

    private static (Dictionary<string, string> Headers, string Base64) SplitHeaders(string body)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var base64 = new StringBuilder(body.Length);
        foreach (var line in body.Split('\n', StringSplitOptions.TrimEntries))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
                headers[line[..colon].Trim()] = line[(colon + 1)..].Trim();
            else
                base64.Append(line);
        }

        return (headers, base64.ToString());
    }

    private static byte[] Decode(string base64, string label, int number)
    {
        try
        {
            var data = Convert.FromBase64String(base64);
            return data.Length > 0 ? data : throw new FormatException($"block {number} ({label}) is empty");
        }
        catch (FormatException e) when (!e.Message.StartsWith("block", StringComparison.Ordinal))
        {
            // The platform's message may quote the text, and the text may be a key.
            throw new FormatException($"block {number} ({label}) is damaged: it is not Base64");
        }
    }
}
