using Microsoft.AspNetCore.Connections;

namespace StepCaRenew.DevCa.Faults;

/// <summary>The connection is established, but nothing is sent until the time is over or the client closes it.</summary>
public sealed record SilentFault(TimeSpan Time) : ConnectionFault
{
    internal override Task RunAsync(ConnectionContext connection) =>
        Task.Delay(Time, connection.ConnectionClosed).ContinueWith(_ => connection.Abort(), TaskScheduler.Default);
}
