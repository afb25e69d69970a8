using Microsoft.Extensions.Logging;
using StepCaRenew.Renewal;

namespace StepCaRenew.Registration;

/// <summary>The outcome of one registered renewal.</summary>
/// <param name="Store">Where it is registered; null if it is not.</param>
/// <param name="Name">Its name.</param>
/// <param name="Renewal">The renewal; null if it was refused before it began.</param>
/// <param name="Logger">The log of the call and of the renewal.</param>
/// <param name="Result">The result; null if it was refused.</param>
/// <param name="Error">The failure of the renewal, if any.</param>
internal sealed record RegisteredOutcome(DefinitionStore? Store, string Name, RegisteredRenewal? Renewal, ILogger Logger, RenewalResult? Result, RenewalException? Error)
{
    /// <summary>The monitor of a renewal that was refused before it began; null if there is none that can be trusted.</summary>
    internal Uri? MonitorOfRefused { get; init; }

    /// <summary>Its outcome in the call of this process; null if it was refused, or ran in another process.</summary>
    internal RenewalOutcome? Run { get; init; }

    /// <summary>Whether it runs in a process of its own account, which writes its state and its log and notifies its monitor.</summary>
    internal bool IsElsewhere { get; init; }
}
