using OxyPlot;
using StepCaRenew.Benchmarks.Herd.Clients;
using StepCaRenew.Benchmarks.Herd.Figures;
using StepCaRenew.Benchmarks.Herd.Model;

namespace StepCaRenew.Benchmarks.Herd.Output;

/// <summary>The two plots, of the first seed.</summary>
internal static class HerdPlot
{
    // A point per minute would be ten times as many as there are pixels to tell them apart, and as large a file.
    private const int MinutesPerPoint = 5;
    private const int HoursBefore = 3;
    private const int HoursAfter = 1;

    /// <summary>Renewals over all 72 hours.</summary>
    /// <param name="results">All results.</param>
    public static string Undisturbed(HerdResults results)
    {
        var panels = new PanelPlot(
            $"{Hosts(results)} hosts, certificates of 24 hours issued within one minute",
            FormattableString.Invariant($"Renewals per minute, the busiest of each {MinutesPerPoint} minutes"), 0, Fleet.Horizon.TotalHours, hoursPerTick: 6);
        foreach (var kind in ClientKind.All)
        {
            var minutes = results.Undisturbed[kind].RenewalsPerMinute;
            var panel = panels.Add(kind, FormattableString.Invariant($"{kind.Name}: {minutes.Max():N0} in the busiest minute"));
            panel.Fill(StepLine.FromCounts(minutes, MinutesPerPoint), null);
        }

        return panels.Render();
    }

    /// <summary>Requests and renewals around the outage.</summary>
    /// <param name="results">All results.</param>
    public static string Disturbed(HerdResults results)
    {
        var (fleet, outage) = (results.Repeats[0].Fleet, results.Repeats[0].Outage);
        var (start, end) = ((outage.Start - fleet.Start).TotalHours, (outage.End - fleet.Start).TotalHours);
        var panels = new PanelPlot(
            $"{Hosts(results)} hosts, and a CA that is away for two hours",
            "Requests per minute; grey: refused, in colour: renewed",
            Math.Floor(start) - HoursBefore, Math.Ceiling(end) + HoursAfter, hoursPerTick: 1);
        foreach (var kind in ClientKind.All)
        {
            var (tally, figures) = (results.Disturbed[kind], results.Repeats[0].Disturbed[kind].Outage!);
            var after = FormattableString.Invariant($"{figures.BusiestMinuteAfterReturn:N0} in the busiest minute, all within {figures.MinutesToAll:0} min");
            var panel = panels.Add(kind, FormattableString.Invariant($"{kind.Name}: {figures.Blocked:N0} blocked; then {after}"));
            panel.Shade(start, end);
            var refused = tally.RequestsPerMinute.Zip(tally.RenewalsPerMinute, (all, renewed) => all - renewed);
            panel.Fill(StepLine.FromCounts([.. refused], 1), OxyColors.Gray);
            panel.Fill(StepLine.FromCounts(tally.RenewalsPerMinute, 1), null);
        }

        return panels.Render();
    }

    private static string Hosts(HerdResults results) => FormattableString.Invariant($"{results.Repeats[0].Fleet.Hosts:N0}");
}
