using Microsoft.Extensions.Logging;
using StepCaRenew.Renewal;

namespace StepCaRenew.Registration;

/// <summary>The outcome of one registered renewal.</summary>
/// <param name="Store">The store that it is registered in; null if it is not registered.</param>
/// <param name="Name">Its name.</param>
/// <param name="Renewal">The renewal; null if it was refused before it began.</param>
/// <param name="Logger">The logger for its events.</param>
/// <param name="Result">The result; null if it was refused.</param>
/// <param name="Error">The failure of the renewal, if any.</param>
internal sealed record RegisteredOutcome(DefinitionStore? Store, string Name, RegisteredRenewal? Renewal, ILogger Logger, RenewalResult? Result, RenewalException? Error)
{
    /// <summary>The monitor of a renewal that was refused before it began; null if there is none that can be trusted.</summary>
    internal Uri? MonitorOfRefused { get; init; }

    /// <summary>The engine that ran it, which keeps other runs from its actions until they are done.</summary>
    internal RenewalEngine? Engine { get; init; }

    /// <summary>Whether it was, or is to be, run by a process of its own account, which writes its state and its log and notifies its monitor.</summary>
    internal bool IsElsewhere { get; init; }
}
