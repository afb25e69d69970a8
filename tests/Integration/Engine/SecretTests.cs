using System.Text;
using StepCaRenew.Ca.Signing;
using StepCaRenew.Ca.Tokens;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.DevCa.Faults;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Issuance;
using StepCaRenew.Stores;

namespace StepCaRenew.Integration.Engine;

/// <summary>No password, key or token gets into anything that a person, a log or a transcript may see.</summary>
public sealed class SecretTests(FaultyCa shared) : EngineTest, IClassFixture<FaultyCa>
{
    private const string Password = "Zaunkoenig-4711";

    private readonly DevTestCa ca = shared.Healthy();

    // Every way that the run may take past the key, the password and the token.
    public static MatrixTheoryData<string, bool> Ways { get; } = new(
        ["good", "wrong password", "no password", "damaged key", "refused", "cut", "timeout", "busy", "foreign", "bare key as certificate"], [true, false]);

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Nothing_TellsASecret(string way, bool useToken)
    {
        var pair = await IssueAsync(way == "foreign" ? await CaAsync(CaKind.DevCa) : ca);
        using var key = pair.LoadKey();
        var plain = ExportKey(key, "PKCS#8", Password);
        var encrypted = ExportKey(key, "encrypted PKCS#8", Password);
        File.WriteAllBytes(pair.KeyPath, encrypted);
        if (way == "damaged key")
            File.WriteAllText(pair.KeyPath, Encoding.ASCII.GetString(plain).Replace("\nMI", "\n!MI", StringComparison.Ordinal));
        if (way == "bare key as certificate")
            File.WriteAllBytes(pair.CertificatePath, plain);
        if (way == "timeout")
            Clock = new TestClock(speed: 60);
        ca.Server.Faults.Add("/renew", way switch
        {
            "refused" => new StatusFault(401),
            "cut" => new CutFault(100),
            "timeout" => new DelayFault(TimeSpan.FromMinutes(1)),
            "busy" => new StatusFault(503),
            _ => new DelayFault(TimeSpan.Zero),
        });
        using var password = new KeyPassword(way == "wrong password" ? Password + "x" : Password);
        var request = ByToken(Request(ca, pair), useToken) with
        {
            KeyPassword = way == "no password" ? null : password,
            RetryTimeout = way == "busy" ? TimeSpan.FromMinutes(5) : TimeSpan.Zero,
        };

        var (result, error) = await RunAsync(request);

        Assert.Equal(way is "good" or "busy", error is null);
        var secrets = new List<string> { Password, "eyJ" };
        foreach (var pem in new[] { plain, encrypted })
            secrets.AddRange(Encoding.ASCII.GetString(pem).Split('\n').Where(line => line.Length > 20 && line[0] != '-').Select(line => line[..20]));
        foreach (var text in Log.Events.SelectMany(one => new[] { one.Message, one.Values, $"{one.Exception}" })
            .Concat([$"{result}", $"{request}", $"{error}", $"{error?.Remedy}", $"{password}"]))
            Assert.DoesNotContain(secrets, secret => text.Contains(secret, StringComparison.Ordinal));
    }
    // The same of a first certificate: the token, the password of the provisioner and its key, the new key and its password.
    public static MatrixTheoryData<string, bool> WaysOfARequest { get; } = new(
        ["good", "refused", "cut", "busy", "used up", "of another CA", "wrong password", "damaged provisioner", "foreign certificate", "not writable"], [true, false]);

    [Theory]
    [MemberData(nameof(WaysOfARequest))]
    public async Task Request_TellsNoSecret(string way, bool byToken)
    {
        using var scene = new RequestScene(ca);
        var token = await ca.TokenAsync(new("web.local") { Sans = ["web.local"] });
        var (_, provisionerKey) = await new ProvisionerKeys(ca, "test-password").GetAsync("admin");
        var wrong = way == "wrong password" ? "x" : "";
        using var provisionerPassword = new KeyPassword("test-password" + wrong);
        using var password = new KeyPassword(Password);
        Credential credential = byToken ? new Credential.Token(OneTimeToken.Parse(token)) : new Credential.Provisioner("admin", provisionerPassword);
        var request = scene.Request(credential, new PairLocation(way == "not writable" ? scene.At("none/web.crt") : scene.CertificatePath, null) { KeyPassword = password });
        request = request with { Issuer = request.Issuer with { RetryTimeout = way == "busy" ? TimeSpan.FromSeconds(10) : TimeSpan.Zero } };
        if (way == "used up")
            await scene.RunAsync(request with { Location = request.Location with { CertificatePath = scene.At("first.crt") } });
        if (way == "of another CA")
            request = request with { Issuer = request.Issuer with { Ca = new() { StepPath = (await CaAsync(CaKind.DevCa)).StepPath } } };
        if (way == "damaged provisioner")
            ca.Server.Faults.Add("/provisioners", new RawFault(200, "application/json", """{"provisioners":[{"type":"JWK","name":"admin","encryptedKey":"eyJhbGciOiJub25lIn0.b.c.d.e"}]}"""));
        ca.Server.Faults.Add("/sign", way switch
        {
            "refused" => new StatusFault(401),
            "cut" => new CutFault(100),
            "busy" => new StatusFault(503),
            "foreign certificate" => new ForeignRootFault(),
            _ => new DelayFault(TimeSpan.Zero),
        });

        RenewalException? error = null;
        try
        {
            await scene.RunAsync(request);
        }
        catch (RenewalException e)
        {
            error = e;
        }

        string[] onlyOf = byToken ? ["wrong password", "damaged provisioner"] : ["used up", "of another CA"];
        Assert.Equal(way == "good" || onlyOf.Contains(way) || (way == "busy" && !byToken), error is null);
        var secrets = new List<string> { Password, "test-password", "eyJ", token.Split('.')[2], Base64Url.Encode(provisionerKey.ExportParameters(true).D) };
        if (File.Exists(scene.KeyPath))
            secrets.AddRange(File.ReadLines(scene.KeyPath).Where(line => line.Length > 20 && line[0] != '-').Select(line => line[..20]));
        Assert.True(scene.Log.Events.Count > 0 || error is not null);
        foreach (var text in scene.Log.Events.SelectMany(one => new[] { one.Message, one.Values, $"{one.Exception}" }).Concat([$"{request}", $"{credential}", $"{request.Location}", $"{error}", $"{error?.Remedy}"]))
            Assert.DoesNotContain(secrets, secret => text.Contains(secret, StringComparison.Ordinal));
    }
}
