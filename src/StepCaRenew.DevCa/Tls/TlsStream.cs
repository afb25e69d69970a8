using Org.BouncyCastle.Tls;

namespace StepCaRenew.DevCa.Tls;

/// <summary>The decrypted side of a server's TLS connection, through Bouncy Castle's protocol engine, which does no I/O itself.</summary>
internal sealed class TlsStream(Stream inner) : Stream
{
    private readonly TlsServerProtocol _protocol = new();
    private readonly Lock _engine = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly byte[] _received = new byte[16 * 1024];

    public override bool CanRead => true;
    public override bool CanWrite => true;
    public override bool CanSeek => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Does the handshake; the alert of a refusal is sent before the exception is thrown.</summary>
    public async Task AuthenticateAsync(CaTlsServer server, CancellationToken ct)
    {
        lock (_engine)
            _protocol.Accept(server);
        while (!server.IsComplete)
        {
            if (!await PumpAsync(ct))
                throw new IOException("The client closed the connection during the handshake.");
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            lock (_engine)
            {
                if (_protocol.GetAvailableInputBytes() is > 0 and var available)
                {
                    var chunk = new byte[Math.Min(available, buffer.Length)];
                    var count = _protocol.ReadInput(chunk, 0, chunk.Length);
                    chunk.AsMemory(0, count).CopyTo(buffer);
                    return count;
                }
                if (_protocol.IsClosed)
                    return 0;
            }
            if (!await PumpAsync(cancellationToken))
                return 0;
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (_engine)
            _protocol.WriteApplicationData(buffer.Span);
        await SendAsync(cancellationToken);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    /// <summary>Sends the closing alert; ignores a connection that is already closed.</summary>
    public async Task CloseAsync()
    {
        try
        {
            lock (_engine)
                _protocol.Close();
            await SendAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or TlsException)
        {
        }
    }

    /// <summary>Reads received bytes and sends the response of the protocol; false at the end of the input.</summary>
    private async Task<bool> PumpAsync(CancellationToken ct)
    {
        var count = await inner.ReadAsync(_received, ct);
        if (count == 0)
            return false;
        try
        {
            lock (_engine)
                _protocol.OfferInput(_received, 0, count);
        }
        finally
        {
            await SendAsync(ct);
        }
        return true;
    }

    private async Task SendAsync(CancellationToken ct)
    {
        await _sending.WaitAsync(ct);
        try
        {
            byte[] output;
            lock (_engine)
            {
                output = new byte[_protocol.GetAvailableOutputBytes()];
                _protocol.ReadOutput(output, 0, output.Length);
            }
            await inner.WriteAsync(output, ct);
            await inner.FlushAsync(ct);
        }
        finally
        {
            _sending.Release();
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override void Flush() => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
}
