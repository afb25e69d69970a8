using System.Globalization;
using StepCaRenew.Benchmarks.Herd.Clients;
using StepCaRenew.Benchmarks.Herd.Figures;

namespace StepCaRenew.Benchmarks.Herd.Output;

/// <summary>The figures as tables, for people.</summary>
internal static class MarkdownReport
{
    /// <summary>Writes the Markdown text.</summary>
    /// <param name="options">The options of the run.</param>
    /// <param name="results">All results.</param>
    public static string Render(HerdOptions options, HerdResults results)
    {
        var starts = Quartiles.FromValues(results.Repeats.Select(repeat => (repeat.Outage.Start - repeat.Fleet.Start).TotalHours));
        return FormattableString.Invariant($"""
            {options.Hosts:N0} hosts, 72 hours, {options.Repeats} seeds from {options.Seed} on. Medians, with the quartiles in brackets where they differ.

            ### The CA answers all the time

            {Table(FigureColumn.Undisturbed, results, repeat => repeat.Undisturbed)}

            ### The CA is away for two hours

            The outage begins {starts.Median:0.0} hours after the first certificates ({starts.Lower:0.0} to {starts.Upper:0.0}).

            {Table(FigureColumn.Disturbed, results, repeat => repeat.Disturbed)}

            ### Bars

            {string.Join('\n', Bar.All.Select(bar => "- " + bar.Describe(results)))}

            """);
    }

    private static string Table(
        IReadOnlyList<FigureColumn> columns, HerdResults results, Func<Repeat, IReadOnlyDictionary<ClientKind, RunFigures>> scenario)
    {
        var head = $"| | {string.Join(" | ", ClientKind.All.Select(kind => kind.Name))} |\n|---|{string.Concat(ClientKind.All.Select(_ => "--:|"))}";
        return string.Join('\n', columns.Select(column => $"| {column.Name} | {string.Join(" | ", ClientKind.All.Select(Cell(column)))} |").Prepend(head));

        Func<ClientKind, string> Cell(FigureColumn column) =>
            kind => Text(Quartiles.FromValues(results.Repeats.Select(repeat => column.Read(scenario(repeat)[kind]))), column.Decimals);
    }

    private static string Text(Quartiles quartiles, int decimals)
    {
        string Number(double value) => value.ToString("N" + decimals, CultureInfo.InvariantCulture);
        var (lower, median, upper) = (Number(quartiles.Lower), Number(quartiles.Median), Number(quartiles.Upper));
        return lower == upper ? median : $"{median} ({lower}–{upper})";
    }
}
