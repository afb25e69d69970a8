using System.Globalization;

namespace StepCaRenew.Benchmarks.Herd;

/// <summary>The options of the command line.</summary>
/// <param name="Hosts">How many hosts.</param>
/// <param name="Repeats">How many seeds, one after the other.</param>
/// <param name="Seed">The first seed.</param>
/// <param name="Output">The folder that the results are written to.</param>
internal sealed record HerdOptions(int Hosts = 100_000, int Repeats = 7, long Seed = 20260101, string Output = "out/benchmarks/herd")
{
    /// <summary>The usage text.</summary>
    public const string Usage = "[--hosts <number>] [--repeats <number>] [--seed <number>] [--out <folder>]";

    /// <summary>Reads a command line.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <exception cref="FormatException">It can't be read.</exception>
    public static HerdOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new HerdOptions();
        for (var i = 0; i < arguments.Count; i += 2)
        {
            var value = i + 1 < arguments.Count ? arguments[i + 1] : throw new FormatException($"{arguments[i]} has no value.");
            options = arguments[i] switch
            {
                "--hosts" => options with { Hosts = Positive(value) },
                "--repeats" => options with { Repeats = Positive(value) },
                "--seed" => options with { Seed = long.Parse(value, CultureInfo.InvariantCulture) },
                "--out" => options with { Output = value },
                var other => throw new FormatException($"{other} is unknown."),
            };
        }

        return options;
    }

    private static int Positive(string value) =>
        int.Parse(value, CultureInfo.InvariantCulture) is > 0 and var number ? number : throw new FormatException($"{value} is not above zero.");
}
