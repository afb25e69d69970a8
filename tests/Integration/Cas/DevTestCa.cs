using System.Security.Cryptography.X509Certificates;
using StepCaRenew.DevCa;
using StepCaRenew.DevCa.Pki;

namespace StepCaRenew.Integration.Cas;

/// <summary>DevCa in the test process.</summary>
internal sealed class DevTestCa : TestCa
{
    private const string Password = "test-password";

    private DevTestCa(DevCaServer server, string folder, Generation generation) : base(Password)
    {
        Server = server;
        Generation = generation;
        StepPath = folder;
    }

    /// <summary>For faults and the request log.</summary>
    public DevCaServer Server { get; }

    public override string Name => "DevCa";
    public override Generation Generation { get; }
    public override Uri Url => Server.Url;
    public override string StepPath { get; }
    public override string Fingerprint => Server.Fingerprint;
    protected override LeafIssuer Issuer => Server.Identity.Issuer;
    protected override IReadOnlyList<X509Certificate2> Intermediates => Server.Identity.Intermediates;

    public static async Task<DevTestCa> StartAsync(TestCaOptions options, Generation generation = Generation.V19)
    {
        var server = await DevCaServer.StartAsync(new()
        {
            Generation = generation,
            AllowRenewalAfterExpiry = options.AllowRenewalAfterExpiry,
            Backdate = options.Backdate,
            MinDuration = options.MinDuration,
            MaxDuration = options.MaxDuration,
            DefaultDuration = options.DefaultDuration,
            NoDatabase = options.NoDatabase,
            DnsNames = options.DnsNames.Split(','),
            Password = Password,
            StreamsPerConnection = options.StreamsPerConnection,
        });
        var folder = Directory.CreateTempSubdirectory("devca-").FullName;
        await server.WriteStepPathAsync(folder);
        return new(server, folder, generation);
    }

    public override Task RotateIntermediateAsync(int intermediates = 1, bool newRoot = false)
    {
        Server.Rotate(intermediates, newRoot);
        return Server.WriteStepPathAsync(StepPath);
    }

    public override int RequestCount(string path) => Server.Requests.Count(path);

    public override int IssuedCount(string path) => Server.Issuances.Count(one => one.Path == path);

    public override async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Directory.Delete(StepPath, recursive: true);
    }
}
