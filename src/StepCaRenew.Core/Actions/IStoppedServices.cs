namespace StepCaRenew.Actions;

/// <summary>The record of the services that an action has stopped and not yet seen running again.</summary>
internal interface IStoppedServices
{
    /// <summary>Whether an earlier run recorded a service.</summary>
    bool Contains(string service);

    /// <summary>Takes services out that run again, so that no later run starts one that somebody stops.</summary>
    Task ForgetAsync(IEnumerable<string> services);

    /// <summary>Records services before they are stopped. The record goes when the action is done.</summary>
    /// <exception cref="RenewalException">They cannot be recorded; nothing may be stopped then.</exception>
    Task RecordAsync(IEnumerable<string> services);
}
