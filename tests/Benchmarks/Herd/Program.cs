using System.Diagnostics;
using StepCaRenew.Benchmarks.Herd;
using StepCaRenew.Benchmarks.Herd.Figures;
using StepCaRenew.Benchmarks.Herd.Output;

HerdOptions options;
try
{
    options = HerdOptions.Parse(args);
}
catch (FormatException e)
{
    Console.Error.WriteLine($"{e.Message} Usage: {HerdOptions.Usage}");
    return 2;
}

Console.WriteLine(FormattableString.Invariant($"{options.Hosts:N0} hosts, seeds {options.Seed} to {options.Seed + options.Repeats - 1}"));
var watch = Stopwatch.StartNew();
var results = HerdResults.Run(options);
Directory.CreateDirectory(options.Output);
string In(string name) => Path.Combine(options.Output, name);
File.WriteAllText(In("herd.json"), JsonReport.Render(options, results));
File.WriteAllText(In("herd.md"), MarkdownReport.Render(options, results));
File.WriteAllText(In("herd.svg"), HerdPlot.Undisturbed(results));
File.WriteAllText(In("herd-outage.svg"), HerdPlot.Disturbed(results));

foreach (var bar in Bar.All)
    Console.WriteLine(bar.Describe(results));
Console.WriteLine(FormattableString.Invariant($"{watch.Elapsed.TotalSeconds:0.0} s; {Path.GetFullPath(options.Output)}"));
return Bar.All.All(bar => bar.IsHeld(results)) ? 0 : 1;
