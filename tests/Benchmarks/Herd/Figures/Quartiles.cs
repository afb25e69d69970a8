namespace StepCaRenew.Benchmarks.Herd.Figures;

/// <summary>The quartiles of one figure over all runs.</summary>
/// <param name="Lower">A quarter of the runs is not above it.</param>
/// <param name="Median">Half of the runs is not above it.</param>
/// <param name="Upper">Three quarters of the runs are not above it.</param>
internal sealed record Quartiles(double Lower, double Median, double Upper)
{
    /// <summary>The quartiles of values; between two of them, by linear interpolation (Hyndman and Fan, type 7).</summary>
    /// <param name="values">At least one value.</param>
    public static Quartiles FromValues(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return new Quartiles(At(sorted, 0.25), At(sorted, 0.5), At(sorted, 0.75));
    }

    private static double At(double[] sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var (below, above) = (sorted[(int)Math.Floor(place)], sorted[(int)Math.Ceiling(place)]);
        return below == above ? below : below + (above - below) * (place - Math.Floor(place));
    }
}
