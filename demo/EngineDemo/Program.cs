using Microsoft.Extensions.Logging.Abstractions;
using StepCaRenew;
using StepCaRenew.DevCa;
using StepCaRenew.EngineDemo;
using StepCaRenew.Policy;
using StepCaRenew.StepCa;

// The demonstration of demo/Demo.ps1 with the engine alone, for machines without PowerShell.
var folder = Directory.CreateTempSubdirectory("stepcarenew-demo-").FullName;
await using var ca = await DevCaServer.StartAsync(new DevCaOptions());
try
{
    await ca.WriteStepPathAsync(folder);
    var pair = new DemoPair(ca, folder, "web");
    var engine = new RenewalEngine(TimeProvider.System, Random.Shared.NextDouble, CaSettingsResolver.FromProcess, NullLogger.Instance);
    var request = new RenewalRequest { CertificatePath = pair.CertificatePath, Ca = new CaOptions { StepPath = folder } };
    var forced = request with { Rule = RenewalRule.Force };

    Console.WriteLine("A certificate of 24 hours, 70 % through its life:");
    pair.Issue(elapsed: 0.7);
    pair.Show();

    Console.WriteLine("\nIt is due, so a run renews it:");
    var first = await RunAsync(request);
    pair.Show();

    Console.WriteLine("\nSomebody replaces both files behind its back. The next renewal is for the new key:");
    pair.Issue(elapsed: 0.1);
    var second = await RunAsync(forced);
    pair.Show();

    Console.WriteLine("\nSomebody replaces the key alone. A daemon would go on writing certificates for the old one; this is refused:");
    pair.ReplaceKey();
    var third = await RunAsync(forced);
    pair.Show();

    // The demonstration is a test as well: what it shows must be so.
    var isSo = first.Status == RenewalStatus.Renewed && second.Status == RenewalStatus.Renewed && third.ErrorId == ErrorId.KeyMismatch;
    Console.WriteLine(isSo ? "\nRenewed twice, refused once, and certificate and key were never left apart by a run." : "\nThe demonstration did not go as it should.");
    return isSo ? 0 : 1;

    async Task<RenewalResult> RunAsync(RenewalRequest what)
    {
        var (result, error) = await engine.RenewAsync(what, CancellationToken.None);
        Console.WriteLine($"  {result.Status}: {result.Message}");
        if (error is not null)
            Console.WriteLine($"  Remedy: {error.Remedy}");
        return result;
    }
}
finally
{
    Directory.Delete(folder, recursive: true);
}
