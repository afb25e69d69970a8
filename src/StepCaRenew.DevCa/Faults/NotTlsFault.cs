using Microsoft.AspNetCore.Connections;

namespace StepCaRenew.DevCa.Faults;

/// <summary>The server answers with plain HTTP instead of TLS.</summary>
public sealed record NotTlsFault : ConnectionFault
{
    internal override async Task RunAsync(ConnectionContext connection)
    {
        await connection.Transport.Input.ReadAsync(connection.ConnectionClosed);
        await connection.Transport.Output.WriteAsync(
            "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTPS request to an HTTP server.\n"u8.ToArray(), connection.ConnectionClosed);
    }
}
