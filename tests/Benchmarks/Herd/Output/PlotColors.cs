using OxyPlot;
using StepCaRenew.Benchmarks.Herd.Clients;

namespace StepCaRenew.Benchmarks.Herd.Output;

/// <summary>Colours that the colour-blind can tell apart, too (Okabe and Ito, 2008).</summary>
internal static class PlotColors
{
    /// <summary>Lines of the grid.</summary>
    public static readonly OxyColor Grid = OxyColor.FromRgb(0xE4, 0xE4, 0xE4);

    /// <summary>Ticks of the axes.</summary>
    public static readonly OxyColor Axis = OxyColor.FromRgb(0x80, 0x80, 0x80);

    private static readonly Dictionary<ClientKind, OxyColor> ByClient = new()
    {
        [ClientKind.StepCaRenew] = OxyColor.FromRgb(0x00, 0x72, 0xB2),
        [ClientKind.Daemon] = OxyColor.FromRgb(0x00, 0x7D, 0x5C),
        [ClientKind.Cron] = OxyColor.FromRgb(0xC4, 0x4E, 0x00),
        [ClientKind.Template] = OxyColor.FromRgb(0xA6, 0x4C, 0x80),
    };

    /// <summary>The colour of a client.</summary>
    /// <param name="kind">The client.</param>
    public static OxyColor ForClient(ClientKind kind) => ByClient[kind];
}
