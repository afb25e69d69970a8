using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.DevCa;
using StepCaRenew.DevCa.Pki;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Policy;
using StepCaRenew.Renewal;

namespace StepCaRenew.Integration.Engine;

/// <summary>Our own CA with whatever options; its certificates are made past its API, which may be in another time.</summary>
internal sealed class OwnCa : IAsyncDisposable
{
    private readonly TestFolder stepPath = new();

    private OwnCa(DevCaServer server) => Server = server;

    public DevCaServer Server { get; }

    public string StepPath => stepPath;

    public static async Task<OwnCa> StartAsync(DevCaOptions options)
    {
        var ca = new OwnCa(await DevCaServer.StartAsync(options));
        await ca.Server.WriteStepPathAsync(ca.StepPath);
        return ca;
    }

    /// <summary>A certificate for a day, and the paths of its files.</summary>
    public (string CertificatePath, string KeyPath) Issue(string folder, DateTimeOffset notBefore)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var admin = Server.Provisioners.Single(one => one.Name == "admin");
        var leaf = Server.Issue(
            new()
            {
                Name = "own.local",
                Sans = ["own.local"],
                NotBefore = notBefore,
                NotAfter = notBefore.AddHours(24),
                Provisioner = (admin.Name, admin.KeyId),
            },
            new PublicKey(key));
        var path = Path.Combine(folder, "own");
        PemFiles.WriteCertificates(path + ".crt", leaf, Server.Identity.Intermediate);
        PemFiles.WriteKey(path + ".key", key);
        return (path + ".crt", path + ".key");
    }

    public RenewalRequest Request((string CertificatePath, string KeyPath) pair) => new()
    {
        CertificatePath = pair.CertificatePath,
        KeyPath = pair.KeyPath,
        Rule = RenewalRule.Force,
        Ca = new() { StepPath = StepPath },
        RetryTimeout = TimeSpan.Zero,
    };

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        stepPath.Dispose();
    }
}
