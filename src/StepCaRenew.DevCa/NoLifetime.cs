namespace StepCaRenew.DevCa;

/// <summary>Leaves the process's signals to the process: inside a test run they are not the CA's.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
