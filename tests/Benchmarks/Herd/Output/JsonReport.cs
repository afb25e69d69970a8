using System.Text.Json;
using System.Text.Json.Serialization;
using StepCaRenew.Benchmarks.Herd.Clients;
using StepCaRenew.Benchmarks.Herd.Figures;
using StepCaRenew.Benchmarks.Herd.Model;

namespace StepCaRenew.Benchmarks.Herd.Output;

/// <summary>All figures, for programs.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Style = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        // A host that was never renewed makes its time infinite.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Writes the JSON text.</summary>
    /// <param name="options">The options of the run.</param>
    /// <param name="results">All results.</param>
    public static string Render(HerdOptions options, HerdResults results) => JsonSerializer.Serialize(
        new
        {
            options.Hosts,
            options.Repeats,
            options.Seed,
            Hours = Fleet.Horizon.TotalHours,
            OutageHours = Outage.Length.TotalHours,
            Bars = Bar.All.Select(bar => new { Other = bar.Other.Id, bar.Limit, Reached = bar.Reached(results), IsHeld = bar.IsHeld(results) }),
            Summary = new
            {
                Undisturbed = Summary(FigureColumn.Undisturbed, results, repeat => repeat.Undisturbed),
                Outage = Summary(FigureColumn.Disturbed, results, repeat => repeat.Disturbed),
            },
            Runs = results.Repeats.Select(repeat => new
            {
                repeat.Fleet.Seed,
                MinuteOfFirstCertificates = repeat.Fleet.Start.TotalMinutes,
                OutageStartHours = (repeat.Outage.Start - repeat.Fleet.Start).TotalHours,
                Undisturbed = ById(repeat.Undisturbed),
                Outage = ById(repeat.Disturbed),
            }),
        },
        Style) + "\n";

    private static Dictionary<string, Dictionary<string, Quartiles>> Summary(
        IReadOnlyList<FigureColumn> columns, HerdResults results, Func<Repeat, IReadOnlyDictionary<ClientKind, RunFigures>> scenario) =>
        ClientKind.All.ToDictionary(
            kind => kind.Id,
            kind => columns.ToDictionary(column => column.Id, column => Quartiles.FromValues(results.Repeats.Select(repeat => column.Read(scenario(repeat)[kind])))));

    private static Dictionary<string, RunFigures> ById(IReadOnlyDictionary<ClientKind, RunFigures> runs) =>
        runs.ToDictionary(pair => pair.Key.Id, pair => pair.Value);
}
