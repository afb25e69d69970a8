using System.Globalization;
using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.Integration.Load;

/// <summary>
/// The child that writes a pair in place: it truncates a file and then fills it, in one write or in several with pauses
/// between them. Either it renews the certificate by mTLS, as <c>step ca renew</c> does, or it deploys certificate and key.
/// </summary>
internal static class InPlaceWriter
{
    private const int Truncate = 0x200;

    /// <summary>Certificate, key, seconds, seed, and then either "renew", the CA's address and its root, or "deploy" and a folder with issued pairs.</summary>
    /// <returns>0; for each write a line with what was deployed, and what had become of the one before.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var (certificate, key) = (arguments[0], arguments[1]);
        var end = TimeProvider.System.GetTimestamp() + (long)(double.Parse(arguments[2], CultureInfo.InvariantCulture) * TimeProvider.System.TimestampFrequency);
        var random = new Random(int.Parse(arguments[3], CultureInfo.InvariantCulture));
        for (var round = 0; TimeProvider.System.GetTimestamp() < end; round++)
        {
            Console.WriteLine(arguments[4] == "renew"
                ? await RenewAsync(certificate, key, new Uri(arguments[5]), arguments[6], random)
                : await DeployAsync(certificate, key, arguments[5], round, random));
            await Task.Delay(random.Next(50, 400));
        }

        return 0;
    }

    private static async Task<string> RenewAsync(string certificatePath, string keyPath, Uri ca, string root, Random random)
    {
        using var certificate = X509Certificate2.CreateFromPemFile(certificatePath, keyPath);
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(root));
        var tls = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = trust,
            AllowTlsResume = false,
            ClientCertificateContext = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true),
        };
        using var client = new HttpClient(new SocketsHttpHandler { SslOptions = tls, UseProxy = false });
        using var answer = await client.PostAsync(new Uri(ca, "/renew"), null);
        var chain = (JsonArray)(await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonObject>())!["certChain"]!;
        await WriteAsync(certificatePath, System.Text.Encoding.ASCII.GetBytes(string.Concat(chain.Select(one => (string?)one))), random);
        return "renewed";
    }

    private static async Task<string> DeployAsync(string certificate, string key, string pool, int round, Random random)
    {
        // A run that is late has its own certificate there for a moment, and puts the foreign one back: three looks.
        var found = new List<string>();
        for (var look = 0; look < 3; look++, await Task.Delay(20))
            found.Add(CommonNameIn(certificate));
        var pairs = Directory.GetFiles(pool, "*.crt").Order(StringComparer.Ordinal).ToList();
        var next = pairs[round % pairs.Count];
        var halves = new[] { (From: next, To: certificate), (From: Path.ChangeExtension(next, ".key"), To: key) };
        foreach (var (from, to) in random.Next(3) == 0 ? halves.Reverse() : halves)
            await WriteAsync(to, await File.ReadAllBytesAsync(from), random);
        return $"{Path.GetFileNameWithoutExtension(next)} {string.Join(' ', found)}";
    }

    private static string CommonNameIn(string path)
    {
        using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(path));
        return certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
    }

    // .NET truncates after it has opened a file; other programs truncate by opening it.
    private static async Task WriteAsync(string path, byte[] content, Random random)
    {
        var handle = UnixNative.Open(path, UnixOpen.WriteOnly | Truncate | UnixOpen.CloseOnExec, 0);
        await using var file = new FileStream(handle, FileAccess.Write, bufferSize: 0);
        var isSlow = random.Next(2) == 0;
        var parts = isSlow ? random.Next(1, 4) : 1;
        for (var part = 0; part < parts; part++)
        {
            if (isSlow)
                await Task.Delay(random.Next(1, 30));
            file.Write(content.AsSpan()[(content.Length * part / parts)..(content.Length * (part + 1) / parts)]);
        }
    }
}
