using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using StepCaRenew.DevCa.Pki;

namespace StepCaRenew.Integration.Cas;

/// <summary>A real step-ca with a PKI of its own below the temporary folder.</summary>
internal sealed class StepTestCa : TestCa
{
    private const string Password = "test-password";

    private readonly StepCaProcess _process;

    private StepTestCa(StepCaProcess process) : base(Password)
    {
        _process = process;
        Fingerprint = (string)JsonNode.Parse(File.ReadAllText(Path.Combine(StepPath, "config", "defaults.json")))!["fingerprint"]!;
        var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(Path.Combine(StepPath, "secrets", "intermediate_plain_key")));
        Issuer = new(X509CertificateLoader.LoadCertificateFromFile(Path.Combine(StepPath, "certs", "intermediate_ca.crt")), key);
    }

    public override string Name => "step-ca";
    public override Uri Url => _process.Url;
    public override string StepPath => _process.Folder;
    public override string Fingerprint { get; }
    protected override LeafIssuer Issuer { get; }

    public static async Task<ITestCa> StartAsync(TestCaOptions options)
    {
        var binary = await StepCaBinary.GetAsync();
        return new StepTestCa(await StepCaProcess.StartAsync(binary, Password, options));
    }

    public override int RequestCount(string path) => StepCaLog.Count(_process.LogPath, path);

    public override async ValueTask DisposeAsync() => await _process.DisposeAsync();
}
