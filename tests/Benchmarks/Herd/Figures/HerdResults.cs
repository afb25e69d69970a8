using StepCaRenew.Benchmarks.Herd.Clients;
using StepCaRenew.Benchmarks.Herd.Model;

namespace StepCaRenew.Benchmarks.Herd.Figures;

/// <summary>The figures of all seeds, and what was counted with the first of them, for the plots.</summary>
/// <param name="Repeats">One for each seed.</param>
/// <param name="Undisturbed">The first seed's counts without an outage.</param>
/// <param name="Disturbed">The first seed's counts with it.</param>
internal sealed record HerdResults(
    IReadOnlyList<Repeat> Repeats, IReadOnlyDictionary<ClientKind, Tally> Undisturbed, IReadOnlyDictionary<ClientKind, Tally> Disturbed)
{
    /// <summary>Runs everything.</summary>
    /// <param name="options">How many hosts, how many seeds, and the first of them.</param>
    public static HerdResults Run(HerdOptions options)
    {
        var repeats = new List<Repeat>();
        (Dictionary<ClientKind, Tally> Undisturbed, Dictionary<ClientKind, Tally> Disturbed)? first = null;
        for (var i = 0; i < options.Repeats; i++)
        {
            var fleet = new Fleet(options.Hosts, options.Seed + i);
            var undisturbed = RunAll(fleet, null);
            var outage = OutageWindow.Find(fleet, [.. undisturbed.Values]);
            var disturbed = RunAll(fleet, outage);
            first ??= (undisturbed, disturbed);
            repeats.Add(new Repeat(fleet, outage, Read(undisturbed, fleet, null), Read(disturbed, fleet, outage)));
        }

        return new HerdResults(repeats, first!.Value.Undisturbed, first.Value.Disturbed);
    }

    private static Dictionary<ClientKind, Tally> RunAll(Fleet fleet, Outage? outage) =>
        ClientKind.All.ToDictionary(kind => kind, kind => new Simulation(fleet, kind, outage).Run());

    private static Dictionary<ClientKind, RunFigures> Read(Dictionary<ClientKind, Tally> tallies, Fleet fleet, Outage? outage) =>
        tallies.ToDictionary(pair => pair.Key, pair => FigureReader.Read(pair.Value, fleet, outage));
}
