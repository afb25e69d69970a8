using System.Text;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.DevCa.Faults;
using StepCaRenew.Integration.Cas;

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
}
