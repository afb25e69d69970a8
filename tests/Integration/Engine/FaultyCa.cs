using StepCaRenew.Integration.Cas;

namespace StepCaRenew.Integration.Engine;

/// <summary>Our own CA for the tests of one class, which run one after the other and can let it misbehave.</summary>
public sealed class FaultyCa : IAsyncLifetime
{
    private DevTestCa ca = null!;

    public async ValueTask InitializeAsync() => ca = await DevTestCa.StartAsync(new());

    public ValueTask DisposeAsync() => ca.DisposeAsync();

    /// <summary>The CA, without what an earlier test planned for it.</summary>
    internal DevTestCa Healthy()
    {
        ca.Server.Faults.Clear();
        return ca;
    }
}
