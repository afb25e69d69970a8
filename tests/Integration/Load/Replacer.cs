using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Integration.Load;

/// <summary>The child that deploys: it replaces the pair with the next issued one, two renames one after the other.</summary>
internal static class Replacer
{
    /// <summary>Certificate, key, folder with issued pairs named 0000, 0001 and so on, seconds, log.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var (certificate, key, pool, log) = (arguments[0], arguments[1], arguments[2], arguments[4]);
        var end = TimeProvider.System.GetTimestamp() + (long)(double.Parse(arguments[3], CultureInfo.InvariantCulture) * TimeProvider.System.TimestampFrequency);
        var random = new Random(1);
        foreach (var next in Directory.EnumerateFiles(pool, "*.crt").Order(StringComparer.Ordinal))
        {
            if (TimeProvider.System.GetTimestamp() >= end)
                break;
            // The fate of the one before. Read three times, since a run that is late has its own file there for a moment.
            var found = new List<string>();
            for (var look = 0; look < 3; look++, await Task.Delay(20))
                found.Add(X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(certificate)).SerialNumber);

            // Two of three deployments put the certificate first.
            var halves = new[] { (From: next, To: certificate), (From: Path.ChangeExtension(next, ".key"), To: key) };
            foreach (var (from, to) in random.Next(3) == 0 ? halves.Reverse() : halves)
            {
                // Written now, as cp does without -p: by its age a run knows that somebody is deploying.
                await File.WriteAllBytesAsync(to + ".deploying", await File.ReadAllBytesAsync(from));
                File.Move(to + ".deploying", to, overwrite: true);
            }

            await File.AppendAllTextAsync(log, $"{Path.GetFileNameWithoutExtension(next)} {string.Join(' ', found)}\n");
            await Task.Delay(random.Next(20, 500));
        }

        return 0;
    }
}
