using System.Security.Authentication;
using StepCaRenew.DevCa;
using StepCaRenew.Integration.Cas;

namespace StepCaRenew.Integration.Contract;

/// <summary>Client certificates that are refused by a TLS alert, without any HTTP answer.</summary>
public abstract class TlsRefusalContract(CaKind kind) : CaContract(kind)
{
    /// <summary>Cause, and the alert of each generation.</summary>
    private static readonly Dictionary<string, (int V19, int V30)> Alerts = new()
    {
        ["expired"] = (42, 45),
        ["foreign"] = (42, 48),
        ["foreign and expired"] = (42, 45),
        ["no clientAuth"] = (42, 42),
    };

    public static MatrixTheoryData<string, SslProtocols> Refusals { get; } = new(Alerts.Keys, [SslProtocols.Tls12, SslProtocols.Tls13]);

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Certificate_IsRefusedWithItsAlert(string cause, SslProtocols protocol)
    {
        var ca = await CaAsync(RenewsExpired);
        using var certificate = (await BadAsync(ca, cause)).LoadWithKey();
        var (v19, v30) = Alerts[cause];
        await TlsProbe.AssertRefusedAsync(ca, certificate, protocol, ca.Generation == Generation.V19 ? v19 : v30);
    }

    [Theory]
    [InlineData("expired")]
    [InlineData("foreign")]
    [InlineData("no clientAuth")]
    public async Task HttpClient_GetsNoAnswer(string cause)
    {
        var ca = await CaAsync(RenewsExpired);
        var bad = await BadAsync(ca, cause);
        await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync(ca, "/renew", client: bad));
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task GoodCertificate_IsAccepted(SslProtocols protocol)
    {
        var ca = await CaAsync();
        using var certificate = (await IssueAsync(ca)).LoadWithKey();
        Assert.StartsWith("HTTP/1.1 201", await TlsProbe.ReadAsync(ca, certificate, protocol, TlsProbe.Renew), StringComparison.Ordinal);
    }

    private async Task<IssuedPair> BadAsync(ITestCa ca, string cause) => cause switch
    {
        "expired" => await ExpiredAsync(ca),
        "foreign" => await IssueAsync(await CaAsync()),
        "foreign and expired" => await ExpiredAsync(await CaAsync()),
        _ => await IssueAsync(ca, "noeku"),
    };
}
