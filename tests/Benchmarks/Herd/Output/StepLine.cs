using OxyPlot;

namespace StepCaRenew.Benchmarks.Herd.Output;

/// <summary>Counts per minute as a line of steps over hours, on a logarithmic axis.</summary>
internal static class StepLine
{
    /// <summary>Where zero is drawn, which a logarithmic axis does not have.</summary>
    public const double Floor = 0.5;

    /// <summary>The corners of the line; a corner that changes nothing is left out.</summary>
    /// <param name="counts">Counts of each minute.</param>
    /// <param name="width">Minutes to a step, which is as high as the highest of them.</param>
    public static IReadOnlyList<DataPoint> FromCounts(IReadOnlyList<int> counts, int width)
    {
        var points = new List<DataPoint> { new(0, Floor) };
        var steps = counts.Chunk(width).Select(chunk => Math.Max(chunk.Max(), Floor));
        foreach (var (step, height) in steps.Index())
        {
            if (height == points[^1].Y)
                continue;
            var hour = step * width / 60.0;
            points.Add(new DataPoint(hour, points[^1].Y));
            points.Add(new DataPoint(hour, height));
        }

        points.Add(new DataPoint(counts.Count / 60.0, points[^1].Y));
        return points;
    }
}
