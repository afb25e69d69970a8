namespace StepCaRenew.Registration.Accounts;

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
