using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using StepCaRenew.DevCa;
using StepCaRenew.DevCa.Pki;

namespace StepCaRenew.Integration.Cas;

/// <summary>A real step-ca with its own PKI in the temporary folder.</summary>
internal sealed class StepTestCa : TestCa
{
    private const string Password = "test-password";

    private readonly StepCaProcess _process;
    private LeafIssuer _issuer;
    private X509Certificate2[] _intermediates;

    private StepTestCa(StepCaProcess process, Generation generation) : base(Password)
    {
        _process = process;
        Generation = generation;
        Fingerprint = (string)JsonNode.Parse(File.ReadAllText(Path.Combine(StepPath, "config", "defaults.json")))!["fingerprint"]!;
        LoadIssuer();
    }

    public override string Name => "step-ca";
    public override Generation Generation { get; }
    public override Uri Url => _process.Url;
    public override string StepPath => _process.Folder;
    public override string Fingerprint { get; }
    protected override LeafIssuer Issuer => _issuer;
    protected override IReadOnlyList<X509Certificate2> Intermediates => _intermediates;

    public static async Task<ITestCa> StartAsync(TestCaOptions options, Generation generation = Generation.V19)
    {
        var binary = await StepCaBinary.GetAsync(generation);
        return new StepTestCa(await StepCaProcess.StartAsync(binary, Password, options), generation);
    }

    public override async Task RotateIntermediateAsync(int intermediates = 1, bool newRoot = false)
    {
        await _process.RestartAfterAsync(StepCaArguments.Rotate(intermediates, newRoot));
        LoadIssuer();
    }

    public override int RequestCount(string path) => StepCaLog.Count(_process.LogPath, path);

    public override int IssuedCount(string path) => StepCaLog.Count(_process.LogPath, path, status: 201);

    public override async ValueTask DisposeAsync() => await _process.DisposeAsync();

    [MemberNotNull(nameof(_issuer), nameof(_intermediates))]
    private void LoadIssuer()
    {
        X509Certificate2Collection chain = [];
        chain.ImportFromPemFile(Path.Combine(StepPath, "certs", "intermediate_ca.crt"));
        _intermediates = [.. chain];
        var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(Path.Combine(StepPath, "secrets", "intermediate_plain_key")));
        _issuer = new(_intermediates[0], key);
    }
}
