using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Benchmarks.Bare;

/// <summary>The least that a check takes: both files read and parsed, and their public keys compared, on all cores.</summary>
public static class BareCheck
{
    /// <summary>Checks all pairs of a folder, NAME.crt and NAME.key, and returns how many.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="InvalidOperationException">A pair doesn't belong together.</exception>
    public static int Run(string folder)
    {
        var paths = Directory.GetFiles(folder, "*.crt");
        var workers = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.ForEach(paths, workers, path =>
        {
            using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(path));
            using var key = ECDsa.Create();
            key.ImportFromPem(File.ReadAllText(Path.ChangeExtension(path, ".key")));
            if (!certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo()))
                throw new InvalidOperationException($"{path} and its key don't belong together.");
        });
        return paths.Length;
    }
}
