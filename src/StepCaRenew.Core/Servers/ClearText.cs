using System.Net.Sockets;
using System.Text;

namespace StepCaRenew.Servers;

/// <summary>The part of a connection before TLS, limited in size.</summary>
internal sealed class ClearText(NetworkStream stream, ServerAddress address)
{
    // Answers of a server before TLS have a few lines.
    private const int Most = 64 * 1024;

    private readonly byte[] buffer = new byte[4096];
    private int begin;
    private int end;
    private int total;

    /// <summary>The address of this machine in the connection.</summary>
    public System.Net.IPAddress LocalAddress => ((System.Net.IPEndPoint)stream.Socket.LocalEndPoint!).Address;

    /// <summary>Sends a line.</summary>
    public Task SendLineAsync(string line, CancellationToken cancellationToken) => SendAsync(Encoding.ASCII.GetBytes(line + "\r\n"), cancellationToken);

    /// <summary>Sends bytes.</summary>
    public async Task SendAsync(byte[] bytes, CancellationToken cancellationToken) => await stream.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);

    /// <summary>Reads a line, without its end.</summary>
    /// <exception cref="RenewalException">The server ended the connection, or sent too much.</exception>
    public async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new List<byte>();
        while (await ReadByteAsync(cancellationToken).ConfigureAwait(false) is var one and not (byte)'\n')
            line.Add(one);
        return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
    }

    /// <summary>Reads a number of bytes.</summary>
    /// <inheritdoc cref="ReadLineAsync"/>
    public async Task<byte[]> ReadAsync(int count, CancellationToken cancellationToken)
    {
        if (count > Most)
            throw TooLong();
        var bytes = new byte[count];
        for (var index = 0; index < count; index++)
            bytes[index] = await ReadByteAsync(cancellationToken).ConfigureAwait(false);
        return bytes;
    }

    /// <summary>
    /// Requires that the server has sent nothing after its answer. Whatever comes before TLS can come from an attacker, and must
    /// not be taken for a part of TLS (CVE-2011-0411, CVE-2021-23222).
    /// </summary>
    /// <exception cref="RenewalException">The server sent more.</exception>
    public void RequireEnd()
    {
        if (begin < end || stream.Socket.Available > 0)
            throw new RenewalException(
                ErrorId.ServerAnswerInvalid, $"The server at {address.Authority} sent more data in clear text after it had agreed to begin TLS. The connection was closed.",
                "Find out which program answers there: a server must wait for the TLS handshake, and such data can come from an attacker in between.");
    }

    private async ValueTask<byte> ReadByteAsync(CancellationToken cancellationToken)
    {
        if (begin == end)
        {
            (begin, end) = (0, await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false));
            total += end;
            if (end == 0)
                throw new RenewalException(ErrorId.ServerUnreachable, $"The server at {address.Authority} closed the connection before TLS began.", "See the log of the server; some servers refuse connections by address or number.")
                { IsTransient = true };
        }

        return total <= Most ? buffer[begin++] : throw TooLong();
    }

    private RenewalException TooLong() => new(
        ErrorId.ServerAnswerInvalid, $"The server at {address.Authority} sent more than {Most / 1024} kB before TLS began.", "Check the address, and which protocol the server speaks there.");
}
