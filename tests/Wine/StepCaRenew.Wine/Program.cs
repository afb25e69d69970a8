using System.Runtime.Versioning;
using StepCaRenew.Wine;

[assembly: SupportedOSPlatform("windows")]

// Each line is a name, a tab and what came of it; the test that starts this program reads them.
await Checks.RunAsync((name, outcome) => Console.WriteLine($"{name}\t{outcome}"));
