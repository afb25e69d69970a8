using Microsoft.AspNetCore.Connections;

namespace StepCaRenew.DevCa.Faults;

/// <summary>The connection stands, and nothing comes back until the time is over or the client leaves.</summary>
public sealed record SilentFault(TimeSpan Time) : ConnectionFault
{
    internal override Task RunAsync(ConnectionContext connection) =>
        Task.Delay(Time, connection.ConnectionClosed).ContinueWith(_ => connection.Abort(), TaskScheduler.Default);
}
