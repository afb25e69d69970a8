namespace StepCaRenew.FollowUps.Actions;

/// <summary>The record of services that an action stopped and that do not run again yet.</summary>
internal interface IStoppedServices
{
    /// <summary>Whether an earlier run recorded the service.</summary>
    bool Contains(string service);

    /// <summary>Removes services that run again: a later run must not start a service that an administrator stops.</summary>
    Task ForgetAsync(IEnumerable<string> services);

    /// <summary>Records services before they are stopped. The entry is removed when the action is done.</summary>
    /// <exception cref="RenewalException">The record cannot be written; then nothing must be stopped.</exception>
    Task RecordAsync(IEnumerable<string> services);
}
