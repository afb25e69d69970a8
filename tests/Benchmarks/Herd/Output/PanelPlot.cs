using OxyPlot;
using OxyPlot.Axes;
using StepCaRenew.Benchmarks.Herd.Clients;

namespace StepCaRenew.Benchmarks.Herd.Output;

/// <summary>One panel for each client, one above the other, over the same hours and to the same scale.</summary>
internal sealed class PanelPlot
{
    private const double Width = 1000;
    private const double Height = 760;
    private const double Gap = 0.035;

    private readonly PlotModel model;
    private int panels;

    /// <summary>An empty plot.</summary>
    /// <param name="title">Its title.</param>
    /// <param name="counts">The title of the axis: the counted thing and its unit.</param>
    /// <param name="from">The first hour.</param>
    /// <param name="to">The last hour.</param>
    /// <param name="hoursPerTick">From tick to tick.</param>
    public PanelPlot(string title, string counts, double from, double to, double hoursPerTick)
    {
        model = new PlotModel
        {
            Title = title, TitleFontSize = 18, DefaultFont = "Arial", Background = OxyColors.White, PlotAreaBorderColor = OxyColors.Transparent,
            Padding = new OxyThickness(8, 12, 24, 12),
        };
        model.Axes.Add(new LinearAxis
        {
            Position = AxisPosition.Bottom, Minimum = from, Maximum = to, MajorStep = hoursPerTick, MinorTickSize = 0,
            Title = "Time since the first certificates (hours)", AxisTitleDistance = 10,
            MajorGridlineStyle = LineStyle.Solid, MajorGridlineColor = PlotColors.Grid, TicklineColor = PlotColors.Axis, FontSize = 13,
        });
        // One title for the axes of all panels.
        model.Axes.Add(new LinearAxis
        {
            Key = "title", Position = AxisPosition.Left, PositionTier = 1, Title = $"{counts}, logarithmic", FontSize = 13, AxisTitleDistance = 34,
            TickStyle = TickStyle.None, LabelFormatter = _ => string.Empty,
        });
    }

    /// <summary>Adds a panel below the others.</summary>
    /// <param name="kind">The client.</param>
    /// <param name="text">Its text.</param>
    public Panel Add(ClientKind kind, string text)
    {
        var (top, share) = (1 - panels++ / (double)ClientKind.All.Count, 1.0 / ClientKind.All.Count);
        model.Axes.Add(new LogarithmicAxis
        {
            Key = kind.Id, Position = AxisPosition.Left, StartPosition = top - share, EndPosition = top - Gap,
            Minimum = StepLine.Floor, Maximum = 1_000_000, MinorTickSize = 0, IntervalLength = 18,
            MajorGridlineStyle = LineStyle.Solid, MajorGridlineColor = PlotColors.Grid, TicklineColor = PlotColors.Axis, FontSize = 12,
            LabelFormatter = value => value is < 1 or > 100_000 ? string.Empty : FormattableString.Invariant($"{value:N0}"),
        });
        return new Panel(model, kind, text);
    }

    /// <summary>The plot as SVG.</summary>
    public string Render() => new SvgExporter { Width = Width, Height = Height, UseVerticalTextAlignmentWorkaround = true }.ExportToString(model);
}
