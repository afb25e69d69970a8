using System.Text.Json;
using StepCaRenew.Logging;
using StepCaRenew.Text;

namespace StepCaRenew.Registration.Accounts;

/// <summary>
/// One line from the process of another account to root. It is not trusted: it holds only text to show, which
/// <see cref="AccountText"/> cleans.
/// </summary>
internal sealed record AccountAnswer
{
    /// <summary>An event: its level, and <see cref="Text"/>.</summary>
    public EventLevel? Level { get; init; }

    /// <summary>The message of an event, or the certificate of a question.</summary>
    public string? Text { get; init; }

    /// <summary>A question: the change that is about to be made.</summary>
    public string? Action { get; init; }

    /// <summary>An outcome: the name of its renewal.</summary>
    public string? Name { get; init; }

    /// <summary>The result of the renewal, or null if it was refused before it began.</summary>
    public AccountResult? Result { get; init; }

    /// <summary>The failure of the renewal, or, without a name, of an action.</summary>
    public AccountError? Error { get; init; }

    /// <summary>The last line.</summary>
    public bool IsEnd { get; init; }

    /// <summary>The line, without its end.</summary>
    public string Render() => JsonSerializer.Serialize(this, AccountJson.Default.AccountAnswer);

    /// <summary>Reads a line.</summary>
    /// <exception cref="JsonException">It is not one.</exception>
    public static AccountAnswer Parse(ReadOnlySpan<byte> line) => JsonSerializer.Deserialize(line, AccountJson.Default.AccountAnswer) ?? throw new JsonException();
}

/// <summary>A failure as text.</summary>
internal sealed record AccountError(string ErrorId, string Message, string Remedy)
{
    public static AccountError? FromError(RenewalException? error) => error is null ? null : new(error.ErrorId, error.Message, error.Remedy);

    public RenewalException ToException() => new(AccountText.Word(ErrorId), AccountText.Clean(Message), AccountText.Clean(Remedy) is { Length: > 0 } remedy ? remedy : "See the renewal's log.");
}

/// <summary>A result as it goes from one process to the other. The path of a single certificate is not part of it: the definition says that.</summary>
internal sealed record AccountResult
{
    /// <summary>Of a renewal of several certificates: the name of this one.</summary>
    public string? Name { get; init; }

    /// <summary>Of a renewal of several certificates: the path of this one.</summary>
    public string? CertificatePath { get; init; }

    public required string Status { get; init; }

    public string? KeyPath { get; init; }

    public bool Changed { get; init; }

    public bool ActionsPending { get; init; }

    public IReadOnlyList<string>? Published { get; init; }

    public IReadOnlyList<string>? Planned { get; init; }

    public string? ErrorId { get; init; }

    public required string Message { get; init; }

    public string? OldSerialNumber { get; init; }

    public string? SerialNumber { get; init; }

    public DateTimeOffset? NotAfter { get; init; }

    public DateTimeOffset? NextRenewal { get; init; }

    public int Attempts { get; init; }

    public string? Transport { get; init; }

    public long DurationMs { get; init; }

    public static AccountResult FromResult(RenewalResult result, bool isOneOfSeveral = false) => new()
    {
        Name = isOneOfSeveral ? result.Name : null,
        CertificatePath = isOneOfSeveral ? result.CertificatePath : null,
        Status = result.Status,
        KeyPath = result.KeyPath,
        Changed = result.Changed,
        ActionsPending = result.ActionsPending,
        Published = result.Published.Count == 0 ? null : [.. result.Published],
        Planned = result.Planned.Count == 0 ? null : [.. result.Planned],
        ErrorId = result.ErrorId,
        Message = result.Message,
        OldSerialNumber = result.OldSerialNumber,
        SerialNumber = result.SerialNumber,
        NotAfter = result.NotAfter,
        NextRenewal = result.NextRenewal,
        Attempts = result.Attempts,
        Transport = result.Transport,
        DurationMs = result.DurationMs,
    };

    /// <summary>The result to show.</summary>
    /// <param name="definition">The renewal.</param>
    /// <exception cref="JsonException">There is no such status, or the certificate is not one of the definition: the next cmdlet of a pipeline of root could change it.</exception>
    public RenewalResult ToResult(RenewalDefinition definition) => (definition.Certificates is null ? (Name ?? CertificatePath) is not null : !definition.Certificates.Covers(AccountText.Clean(CertificatePath))) ? throw new JsonException() : new()
    {
        Name = definition.Certificates is null ? definition.Name : AccountText.Clean(Name),
        CertificatePath = definition.Certificates is null ? definition.CertificatePath : AccountText.Clean(CertificatePath),
        KeyPath = KeyPath is null ? null : AccountText.Clean(KeyPath),
        Status = Status is RenewalStatus.Renewed or RenewalStatus.NotDue or RenewalStatus.WouldRenew or RenewalStatus.Failed ? Status : throw new JsonException(),
        Changed = Changed,
        ActionsPending = ActionsPending,
        Published = Published is null ? TextList.Empty : TextList.FromNames(Published.Take(definition.Publications.Count).Select(AccountText.Clean)),
        Planned = Planned is null ? TextList.Empty : TextList.FromSentences(Planned.Take(1 + definition.Publications.Count + definition.Actions.Count + definition.ServedBy.Count).Select(AccountText.Clean)),
        ErrorId = ErrorId is null ? null : AccountText.Word(ErrorId),
        Message = AccountText.Clean(Message),
        OldSerialNumber = AccountText.Hex(OldSerialNumber),
        SerialNumber = AccountText.Hex(SerialNumber),
        NotAfter = NotAfter?.LocalDateTime,
        NextRenewal = NextRenewal?.LocalDateTime,
        Attempts = Math.Max(Attempts, 0),
        Transport = Transport is null ? null : AccountText.Word(Transport),
        DurationMs = Math.Max(DurationMs, 0),
    };
}

/// <summary>Text of another account, made fit to be shown to root.</summary>
internal static class AccountText
{
    private const int Longest = 4096;
    private const int LongestWord = 64;

    // The serial number of a certificate has at most 20 bytes (RFC 5280, 4.1.2.2); longer ones exist too.
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

/// <summary>Splits what the process of another account writes into lines, and reads no more than root can hold.</summary>
internal sealed class AnswerLines(Stream stream, long mostBytes)
{
    /// <summary>The longest line, in bytes: some fields of <see cref="AccountText"/>'s length, each character escaped.</summary>
    public const int LongestLine = 256 * 1024;

    private byte[] buffer = new byte[8192];
    private int start;
    private int end;
    private long total;

    /// <summary>The next line; null at the end of the stream.</summary>
    /// <exception cref="InvalidDataException">The line, or all that was read, is too long.</exception>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        var seen = start;
        while (true)
        {
            var at = buffer.AsSpan(seen, end - seen).IndexOf((byte)'\n');
            if (at >= 0)
            {
                var line = buffer.AsMemory(start, seen + at - start);
                start = seen + at + 1;
                return line;
            }

            seen = end;
            if (end - start > LongestLine || total > mostBytes)
                throw new InvalidDataException("it wrote too much");
            if (end == buffer.Length)
            {
                // The line that was given out last has been worked on by now.
                var next = start > 0 && end - start < buffer.Length / 2 ? buffer : new byte[2 * buffer.Length];
                buffer.AsSpan(start, end - start).CopyTo(next);
                (buffer, end, seen, start) = (next, end - start, end - start, 0);
            }

            var count = await stream.ReadAsync(buffer.AsMemory(end), cancellationToken).ConfigureAwait(false);
            if (count == 0)
                return null;
            (end, total) = (end + count, total + count);
        }
    }
}
