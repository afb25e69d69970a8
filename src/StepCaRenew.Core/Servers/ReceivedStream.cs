namespace StepCaRenew.Servers;

/// <summary>The bytes of a connection before the handshake has ended. A server that sends more than any chain needs is cut off.</summary>
internal sealed class ReceivedStream(Stream inner) : Stream
{
    /// <summary>The most bytes that are read from a server.</summary>
    public const int Most = 256 * 1024;

    private readonly MemoryStream received = new();

    /// <summary>The bytes so far.</summary>
    public ReadOnlyMemory<byte> Received => received.GetBuffer().AsMemory(0, (int)received.Length);

    /// <summary>Whether the server was cut off.</summary>
    public bool IsFull => received.Length >= Most;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (IsFull)
            throw new IOException("The server sent too much.");
        var count = await inner.ReadAsync(buffer[..Math.Min(buffer.Length, Most - (int)received.Length)], cancellationToken).ConfigureAwait(false);
        received.Write(buffer.Span[..count]);
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => inner.WriteAsync(buffer, offset, count, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            received.Dispose();
        base.Dispose(disposing);
    }
}
