namespace StepCaRenew.Actions;

/// <summary>Keeps the end of what a program puts out: the reason of a failure stands there, and a flood costs nothing.</summary>
internal sealed class OutputTail
{
    /// <summary>How many bytes are kept.</summary>
    public const int Capacity = 64 * 1024;

    private readonly byte[] ring = new byte[Capacity];
    private readonly object gate = new();
    private long total;

    /// <summary>Takes what comes from a stream until its end.</summary>
    public Task ReadAsync(Stream stream) => ReadAsync(stream, null);

    /// <summary>Takes what comes from a stream until its end, and gives it to another one as well.</summary>
    public async Task ReadAsync(Stream stream, OutputTail? other)
    {
        var buffer = new byte[4096];
        while (await stream.ReadAsync(buffer).ConfigureAwait(false) is > 0 and var count)
        {
            Add(buffer.AsSpan(0, count));
            other?.Add(buffer.AsSpan(0, count));
        }
    }

    /// <summary>Takes some bytes; from either stream of a program, in the order of their coming.</summary>
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
            // What is left of a character that was cut in two.
            var rest = end.TakeWhile(one => (one & 0xC0) == 0x80).Take(3).Count();
            return $"(the first {total - Capacity + rest:N0} bytes were left out)\n" + OutputDecoder.Decode(end.AsSpan(rest));
        }
    }
}
