namespace StepCaRenew.Processes;

/// <summary>Keeps the end of a program's output, where the reason of a failure is. Memory use is bounded.</summary>
internal sealed class OutputTail
{
    /// <summary>The number of bytes that are kept.</summary>
    public const int Capacity = 64 * 1024;

    private readonly byte[] ring = new byte[Capacity];
    private readonly object gate = new();
    private long total;

    /// <summary>Reads a stream to its end.</summary>
    public Task ReadAsync(Stream stream) => ReadAsync(stream, null);

    /// <summary>Reads a stream to its end, also into another tail.</summary>
    public async Task ReadAsync(Stream stream, OutputTail? other)
    {
        var buffer = new byte[4096];
        while (await stream.ReadAsync(buffer).ConfigureAwait(false) is > 0 and var count)
        {
            Add(buffer.AsSpan(0, count));
            other?.Add(buffer.AsSpan(0, count));
        }
    }

    /// <summary>Adds bytes of either stream of a program, in the order of arrival.</summary>
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
            // The rest of a character that was cut.
            var rest = end.TakeWhile(one => (one & 0xC0) == 0x80).Take(3).Count();
            return $"(the first {total - Capacity + rest:N0} bytes were left out)\n" + OutputDecoder.Decode(end.AsSpan(rest));
        }
    }
}
