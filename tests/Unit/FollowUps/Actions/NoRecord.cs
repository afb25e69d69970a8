using StepCaRenew.FollowUps.Actions;

namespace StepCaRenew.Unit.FollowUps.Actions;

/// <summary>The record of an action that does not stop services.</summary>
internal sealed class NoRecord : IStoppedServices
{
    public bool Contains(string service) => throw new InvalidOperationException("No service was to be asked for.");

    public Task ForgetAsync(IEnumerable<string> services) => throw new InvalidOperationException("No service was to be forgotten.");

    public Task RecordAsync(IEnumerable<string> services) => throw new InvalidOperationException("No service was to be stopped.");
}
