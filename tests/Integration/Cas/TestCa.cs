using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using StepCaRenew.DevCa;
using StepCaRenew.DevCa.Pki;

namespace StepCaRenew.Integration.Cas;

/// <summary>The common part of both CAs: everything through their API.</summary>
internal abstract class TestCa : ITestCa
{
    private readonly ProvisionerKeys _provisioners;

    protected TestCa(string password) => _provisioners = new(this, password);

    public abstract string Name { get; }
    public abstract Generation Generation { get; }
    public abstract Uri Url { get; }
    public abstract string StepPath { get; }
    public abstract string Fingerprint { get; }
    public string RootPath => Path.Combine(StepPath, "certs", "root_ca.crt");

    /// <summary>The intermediate with its key, for certificates that /sign would refuse.</summary>
    protected abstract LeafIssuer Issuer { get; }

    /// <summary>All certificates between a leaf and its root, the issuer first.</summary>
    protected abstract IReadOnlyList<X509Certificate2> Intermediates { get; }

    public abstract Task RotateIntermediateAsync(int intermediates = 1, bool newRoot = false);
    public abstract int RequestCount(string path);
    public abstract int IssuedCount(string path);
    public abstract ValueTask DisposeAsync();

    public Task<string> TokenAsync(TokenOptions options, CancellationToken ct = default) => _provisioners.SignAsync(options);

    public async Task<IssuedPair> IssueAsync(IssueOptions options, CancellationToken ct = default)
    {
        using var key = KeyPairs.Create(options.KeyAlgorithm);
        X509Certificate2[] chain = options.Age is { } age
            ? [await BackdatedAsync(options, age, KeyPairs.PublicKeyOf(key)), .. Intermediates]
            : await SignAsync(options, KeyPairs.CreateSigningRequest(key, options.Name), ct);
        var path = Path.Combine(options.Folder, options.Name);
        PemFiles.WriteCertificates(path + ".crt", chain);
        PemFiles.WriteKey(path + ".key", key);
        return new(path + ".crt", path + ".key", chain[0], chain[1]) { Intermediates = chain[1..] };
    }

    public async Task RevokeAsync(IssuedPair pair, CancellationToken ct = default)
    {
        var token = await TokenAsync(new(pair.Serial) { Audience = "/1.0/revoke" }, ct);
        using var http = CaClient.Create(this);
        using var answer = await http.PostAsJsonAsync("/1.0/revoke", new { serial = pair.Serial, passive = true, ott = token }, ct);
        if (answer.StatusCode != HttpStatusCode.OK)
            throw new InvalidOperationException($"{Name} did not revoke: {answer.StatusCode} {await answer.Content.ReadAsStringAsync(ct)}");
    }

    private async Task<X509Certificate2> BackdatedAsync(IssueOptions options, TimeSpan age, PublicKey key)
    {
        var (keyId, _) = await _provisioners.GetAsync(options.Provisioner);
        var begin = DateTimeOffset.UtcNow - age;
        return Issuer.Issue(new()
        {
            Name = options.Name,
            Sans = options.AllSans,
            NotBefore = begin,
            NotAfter = begin + (options.Lifetime ?? TimeSpan.FromHours(24)),
            ClientAuth = options.Provisioner != "noeku",
            DigitalSignature = options.DigitalSignature,
            ServerAuth = options.ServerAuth,
            Provisioner = (options.Provisioner, keyId),
        }, key);
    }

    private async Task<X509Certificate2[]> SignAsync(IssueOptions options, string csr, CancellationToken ct)
    {
        var body = new JsonObject
        {
            ["csr"] = csr,
            ["ott"] = await TokenAsync(new(options.Name) { Sans = options.AllSans, Provisioner = options.Provisioner }, ct),
        };
        if (options.Lifetime is { } lifetime)
            body["notAfter"] = $"{(long)lifetime.TotalMilliseconds}ms";
        using var http = CaClient.Create(this);
        using var answer = await http.PostAsJsonAsync("/1.0/sign", body, ct);
        var json = await answer.Content.ReadFromJsonAsync<JsonObject>(ct);
        if (answer.StatusCode != HttpStatusCode.Created)
            throw new InvalidOperationException($"{Name} did not sign: {answer.StatusCode} {json}");
        return [.. json!["certChain"]!.AsArray().Select(pem => X509Certificate2.CreateFromPem((string)pem!))];
    }
}
