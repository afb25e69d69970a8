using StepCaRenew.FileSystem;

namespace StepCaRenew.Certificates.Pem;

/// <summary>A file with certificates or keys: the blocks of a PEM text, or one DER structure.</summary>
internal sealed class PemDocument
{
    private const int MostLabels = 10;

    private PemDocument(InputFile file, bool isPem, bool hasWindowsLineEnds, IReadOnlyList<PemBlock> blocks)
    {
        File = file;
        IsPem = isPem;
        HasWindowsLineEnds = hasWindowsLineEnds;
        Blocks = blocks;
    }

    /// <summary>The content of the file.</summary>
    public InputFile File { get; }

    /// <summary>Whether it is PEM; otherwise it is DER.</summary>
    public bool IsPem { get; }

    /// <summary>Whether its lines end with CR LF.</summary>
    public bool HasWindowsLineEnds { get; }

    /// <summary>The blocks of a PEM text; none for DER.</summary>
    public IReadOnlyList<PemBlock> Blocks { get; }

    /// <summary>The certificates, DER, not decoded. For a DER file its content, whatever that is.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Certificates
    {
        get
        {
            // No Select: over a value type it would be compiled at run time, in every run.
            if (!IsPem)
                yield return File.Bytes;
            foreach (var block in Blocks)
            {
                if (block.IsCertificate)
                    yield return block.Data;
            }
        }
    }

    /// <summary>Whether it is a PFX file (PKCS#12).</summary>
    public bool IsPfx => !IsPem && Pkcs12Shape.Matches(File.Bytes);

    /// <summary>Whether it holds a private key; a PFX file is taken to hold one.</summary>
    public bool HoldsKey => Blocks.Any(block => block.IsPrivateKey) || IsPfx;

    /// <summary>Reads a file as PEM or DER.</summary>
    /// <param name="file">The content of the file.</param>
    /// <param name="what">The expected kind of file; used in messages.</param>
    /// <param name="errorId">The id of the error if it is neither PEM nor DER, or is damaged.</param>
    /// <exception cref="RenewalException">The file is neither PEM nor DER, or is damaged.</exception>
    public static PemDocument Parse(InputFile file, string what, string errorId)
    {
        var text = TextFile.Decode(file.Bytes);
        if (!PemReader.LooksLikePem(text))
        {
            // Every DER structure that is read here is a SEQUENCE.
            if (file.Bytes[0] == 0x30)
                return new PemDocument(file, isPem: false, hasWindowsLineEnds: false, []);
            throw new RenewalException(
                errorId, $"The {what} '{file.Path}' is neither PEM nor DER: {Describe(file.Bytes, text)}.", "Name the right file, or restore it from a backup.");
        }

        try
        {
            return new PemDocument(file, isPem: true, text.Contains("\r\n", StringComparison.Ordinal), PemReader.Read(text));
        }
        catch (FormatException e)
        {
            throw new RenewalException(errorId, $"The {what} '{file.Path}' is damaged: {e.Message}.", "Restore it from a backup, or issue a new certificate.", e);
        }
    }

    /// <summary>The content of a PEM file: each block on lines of its own, with the line ends of the model, or LF without one.</summary>
    public static byte[] Write(IEnumerable<string> blocks, PemDocument? model)
    {
        var end = model is { HasWindowsLineEnds: true } ? "\r\n" : "\n";
        return TextFile.Encode(string.Concat(blocks.Select(block => block.ReplaceLineEndings(end) + end)));
    }

    /// <summary>The labels of the blocks, for messages: <c>2 CERTIFICATE, EC PRIVATE KEY</c>.</summary>
    public string DescribeContent() =>
        !IsPem ? IsPfx ? "a PFX structure" : "a DER structure" : string.Join(", ", Blocks.GroupBy(block => block.Label).Take(MostLabels).Select(Counted));

    private static string Counted(IGrouping<string, PemBlock> blocks) => blocks.Count() is > 1 and var count ? $"{count} {blocks.Key}" : blocks.Key;

    // Never quotes the content: a damaged key file still contains the key.
    private static string Describe(byte[] bytes, string text) =>
        text.Contains("ssh-", StringComparison.Ordinal) ? "it looks like an SSH public key"
        : text.TrimStart().StartsWith('<') ? "it looks like HTML or XML"
        : text.TrimStart().StartsWith('{') ? "it looks like JSON"
        : bytes.Contains((byte)0) ? $"{bytes.Length:N0} bytes of binary data"
        : $"{bytes.Length:N0} bytes of other text";
}

/// <summary>One block of a PEM text (RFC 7468), with the headers of the older form (RFC 1421) if it has any.</summary>
/// <param name="Label">The label after BEGIN, such as <c>CERTIFICATE</c>.</param>
/// <param name="Headers">Headers such as <c>Proc-Type</c>, by name.</param>
/// <param name="Data">The decoded bytes.</param>
/// <param name="Text">The unchanged text of the block, from BEGIN to END.</param>
internal sealed record PemBlock(string Label, IReadOnlyDictionary<string, string> Headers, byte[] Data, string Text)
{
    /// <summary>Whether it is a certificate; OpenSSL reads both labels.</summary>
    public bool IsCertificate => Label is "CERTIFICATE" or "X509 CERTIFICATE";

    /// <summary>Whether it is a private key of any format, supported or not.</summary>
    public bool IsPrivateKey => Label.EndsWith("PRIVATE KEY", StringComparison.Ordinal);

    /// <summary>Whether it has OpenSSL's legacy encryption: <c>Proc-Type: 4,ENCRYPTED</c>.</summary>
    public bool IsLegacyEncrypted => Headers.TryGetValue("Proc-Type", out var type) && type.EndsWith("ENCRYPTED", StringComparison.Ordinal);

    /// <summary>The label only: the data may be a key.</summary>
    public override string ToString() => Label;
}
