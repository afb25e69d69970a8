using Microsoft.AspNetCore.Connections;

namespace StepCaRenew.DevCa.Faults;

/// <summary>The connection is reset as soon as it stands.</summary>
/// <remarks>
/// The reset races with the client's connect: .NET's HttpClient reports SecureConnectionError or
/// ConnectionError, and now and then lets a bare SocketException (NotConnected) out.
/// </remarks>
public sealed record RefuseFault : ConnectionFault
{
    internal override Task RunAsync(ConnectionContext connection)
    {
        connection.Abort();
        return Task.CompletedTask;
    }
}
