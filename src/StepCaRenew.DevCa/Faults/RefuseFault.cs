using Microsoft.AspNetCore.Connections;

namespace StepCaRenew.DevCa.Faults;

/// <summary>The connection is reset as soon as it stands.</summary>
public sealed record RefuseFault : ConnectionFault
{
    internal override Task RunAsync(ConnectionContext connection)
    {
        connection.Abort();
        return Task.CompletedTask;
    }
}
