using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Series;
using StepCaRenew.Benchmarks.Herd.Clients;

namespace StepCaRenew.Benchmarks.Herd.Output;

/// <summary>The panel of one client.</summary>
internal sealed class Panel
{
    private readonly PlotModel model;
    private readonly ClientKind kind;

    /// <summary>A panel whose axis is there already, under the client's id.</summary>
    /// <param name="model">The plot.</param>
    /// <param name="kind">The client.</param>
    /// <param name="text">Its text.</param>
    public Panel(PlotModel model, ClientKind kind, string text)
    {
        (this.model, this.kind) = (model, kind);
        model.Annotations.Add(new TextAnnotation
        {
            YAxisKey = kind.Id, Text = text, TextPosition = new DataPoint(model.Axes[0].Minimum, 900_000), Offset = new ScreenVector(6, 0),
            TextColor = PlotColors.ForClient(kind), FontSize = 14, FontWeight = FontWeights.Bold, StrokeThickness = 0,
            TextHorizontalAlignment = HorizontalAlignment.Left, TextVerticalAlignment = VerticalAlignment.Top,
        });
    }

    /// <summary>Draws counts as a filled line.</summary>
    /// <param name="points">The line.</param>
    /// <param name="color">Its colour; null for the client's.</param>
    public void Fill(IReadOnlyList<DataPoint> points, OxyColor? color)
    {
        var line = color ?? PlotColors.ForClient(kind);
        var series = new AreaSeries
        {
            YAxisKey = kind.Id, Color = line, Fill = OxyColor.FromAColor(70, line), StrokeThickness = 1,
            Color2 = OxyColors.Transparent, ConstantY2 = StepLine.Floor,
        };
        series.Points.AddRange(points);
        model.Series.Add(series);
    }

    /// <summary>Shades the time of the outage.</summary>
    /// <param name="start">Its first hour.</param>
    /// <param name="end">Its last hour.</param>
    public void Shade(double start, double end) => model.Annotations.Add(new RectangleAnnotation
    {
        YAxisKey = kind.Id, MinimumX = start, MaximumX = end, MinimumY = StepLine.Floor, MaximumY = 200_000,
        Fill = OxyColor.FromAColor(40, OxyColors.Gray), Layer = AnnotationLayer.BelowSeries,
    });
}
