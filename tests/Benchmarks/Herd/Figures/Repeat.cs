using StepCaRenew.Benchmarks.Herd.Clients;
using StepCaRenew.Benchmarks.Herd.Model;

namespace StepCaRenew.Benchmarks.Herd.Figures;

/// <summary>All clients in both scenarios, with one seed.</summary>
/// <param name="Fleet">The hosts.</param>
/// <param name="Outage">When the CA was away in the second scenario.</param>
/// <param name="Undisturbed">The figures without the outage.</param>
/// <param name="Disturbed">The figures with it.</param>
internal sealed record Repeat(
    Fleet Fleet, Outage Outage, IReadOnlyDictionary<ClientKind, RunFigures> Undisturbed, IReadOnlyDictionary<ClientKind, RunFigures> Disturbed);
