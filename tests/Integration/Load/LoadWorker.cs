using System.Globalization;
using Microsoft.Extensions.Logging;
using StepCaRenew.Certificates;
using StepCaRenew.Integration.Children;
using StepCaRenew.Integration.Engine;
using StepCaRenew.Renewal;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Integration.Load;

/// <summary>The child that renews, rekeys and checks, one run after the other, and writes a line for each.</summary>
internal static class LoadWorker
{
    /// <summary>A request in the form for children, then seconds and a seed.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var request = ChildProgram.Request(arguments);
        var end = TimeProvider.System.GetTimestamp() + (long)(double.Parse(arguments[^2], CultureInfo.InvariantCulture) * TimeProvider.System.TimestampFrequency);
        var random = new Random(int.Parse(arguments[^1], CultureInfo.InvariantCulture));
        while (TimeProvider.System.GetTimestamp() < end)
        {
            var what = random.Next(3);
            if (what == 2)
            {
                Console.WriteLine($"look {Look(request)}");
                continue;
            }

            var log = new CollectingLogger();
            var engine = new RenewalEngine(TimeProvider.System, random.NextDouble, _ => null, log);
            var (result, error) = await engine.RenewAsync(request with { Rekey = what == 1 }, CancellationToken.None);
            Console.WriteLine($"{(what == 1 ? "rekey" : "renew")} {error?.ErrorId ?? result.Status} {result.OldSerialNumber ?? "-"} {result.SerialNumber ?? "-"} {log.Count(Event.ChangedDuringRenewal)} {log.Events.Count(one => one.Level == LogLevel.Warning)} {error?.Message.ReplaceLineEndings(" ")}");
        }

        return 0;
    }

    private static string Look(RenewalRequest request)
    {
        try
        {
            using var pair = CertificatePair.Load(request.CertificatePath, request.KeyPath, null);
            return pair.Matches ? "match" : "mismatch";
        }
        catch (RenewalException e)
        {
            return e.ErrorId;
        }
    }
}
