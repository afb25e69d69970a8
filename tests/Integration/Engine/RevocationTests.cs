using StepCaRenew.Ca;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Signing;
using StepCaRenew.Ca.Tokens;
using StepCaRenew.Ca.Trust;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.DevCa.Faults;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Renewal;
using StepCaRenew.Stores;

namespace StepCaRenew.Integration.Engine;

/// <summary>The revocation of certificates, by themselves and by tokens.</summary>
public sealed class RevocationTests : EngineTest
{
    private const string Password = "test-password";

    public static TheoryData<CaKind> All { get; } = [.. TestCas.AllGenerations.Select(row => row.Data)];

    [Theory]
    [MemberData(nameof(All))]
    public async Task ByItself_EndsRenewals_AndHappensOnce(CaKind kind)
    {
        var ca = await CaAsync(kind);
        var pair = await IssueAsync(ca);
        await RevokeAsync(ca, pair);
        Assert.Equal(ErrorId.RenewalRefused, (await RunAsync(Request(ca, pair))).Error?.ErrorId);
        await FailsAsync(ErrorId.AlreadyRevoked, () => RevokeAsync(ca, pair));
    }

    [Fact]
    public async Task Reason_ReachesTheCa()
    {
        await using var ca = await DevTestCa.StartAsync(new());
        var (one, other) = (await IssueAsync(ca), await IssueAsync(ca));
        await RevokeAsync(ca, one);
        using var password = new KeyPassword(Password);
        await new TokenRevocation(Finder(), TimeProvider.System, _ => null)
            .RunAsync(new(other.Serial, (int)RevocationReason.Superseded, "replaced", null), new Credential.Provisioner("admin", password), new() { StepPath = ca.StepPath }, default);
        Assert.Equal([(1, "lost"), (4, "replaced")], ca.Server.Revocations.Select(revocation => (revocation.ReasonCode, revocation.Reason)).Order());
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task ByToken_EndsRenewals(CaKind kind)
    {
        var ca = await CaAsync(kind);
        var pair = await IssueAsync(ca);
        await RevokeAsync(ca, pair.Serial, await TokenAsync(ca, pair.Serial));
        Assert.Equal(ErrorId.RenewalRefused, (await RunAsync(Request(ca, pair))).Error?.ErrorId);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task ByPasswordOfTheProvisioner_EndsRenewals(CaKind kind)
    {
        var ca = await CaAsync(kind);
        var pair = await IssueAsync(ca);
        using var password = new KeyPassword(Password);
        await RevokeAsync(ca, pair.Serial, new Credential.Provisioner("admin", password));
        await FailsAsync(ErrorId.AlreadyRevoked, () => RevokeAsync(ca, pair.Serial, new Credential.Provisioner("norenew", password)));
        using var wrong = new KeyPassword("wrong");
        await FailsAsync(ErrorId.ProvisionerPasswordWrong, () => RevokeAsync(ca, pair.Serial, new Credential.Provisioner("admin", wrong)));
        Assert.Equal(ErrorId.RenewalRefused, (await RunAsync(Request(ca, pair))).Error?.ErrorId);
    }

    // An older server would revoke the other certificate.
    [Theory]
    [MemberData(nameof(All))]
    public async Task TokenForAnotherSerialNumber_IsNotSent(CaKind kind)
    {
        var ca = await CaAsync(kind);
        var (mine, other) = (await IssueAsync(ca), await IssueAsync(ca));
        var token = await TokenAsync(ca, mine.Serial);
        await FailsAsync(ErrorId.SerialNumberDiffers, () => RevokeAsync(ca, other.Serial, token));
        Assert.Null((await RunAsync(Request(ca, other))).Error);
        await RevokeAsync(ca, mine.Serial, token);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task TokensThatCannotRevoke_AreRefused(CaKind kind)
    {
        var ca = await CaAsync(kind);
        var pair = await IssueAsync(ca);
        await FailsAsync(ErrorId.TokenInvalid, async () => await RevokeAsync(ca, pair.Serial, new Credential.Token(OneTimeToken.Parse(await ca.TokenAsync(new(pair.Serial))))));
        var used = await TokenAsync(ca, pair.Serial);
        await RevokeAsync(ca, pair.Serial, used);
        await FailsAsync(ErrorId.TokenRefused, () => RevokeAsync(ca, pair.Serial, used));
        var other = await TestCas.GetAsync(CaKind.DevCa, RenewsExpired);
        await FailsAsync(ErrorId.TokenForAnotherCa, async () => await RevokeAsync(ca, pair.Serial, await TokenAsync(other, pair.Serial)));
    }

    [Fact]
    public async Task TokenWithoutConfiguration_BringsTheCa()
    {
        var ca = await CaAsync(CaKind.DevCa);
        var pair = await IssueAsync(ca);
        var token = await TokenAsync(ca, pair.Serial);
        await new TokenRevocation(Finder(), TimeProvider.System, _ => null).RunAsync(new(pair.Serial, 0, string.Empty, null), token, new() { StepPath = Folder }, default);
        await FailsAsync(ErrorId.AlreadyRevoked, () => RevokeAsync(ca, pair));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task WithoutDatabase_IsUnsupported(CaKind kind)
    {
        var ca = await CaAsync(kind, new() { NoDatabase = true });
        await FailsAsync(ErrorId.RevocationUnsupported, async () => await RevokeAsync(ca, await IssueAsync(ca)));
    }

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task CertificateOfAnotherCa_IsRefused(CaKind kind)
    {
        var (ca, other) = (await CaAsync(kind), await CaAsync(CaKind.DevCa, RenewsExpired));
        var foreign = await IssueAsync(other);
        var e = await Assert.ThrowsAsync<RenewalException>(() => RevokeAsync(ca, foreign));
        Assert.True(e.ErrorId is ErrorId.ClientCertificateRefused or ErrorId.ClientCertificateUnknownCa, e.ErrorId);
        Assert.Contains("It was not revoked.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CertificatesThatCannotAuthenticate_AreNotSent()
    {
        await using var ca = await DevTestCa.StartAsync(new());
        var (good, other) = (await IssueAsync(ca), await IssueAsync(ca));
        await FailsAsync(ErrorId.ClientCertificateExpired, async () => await RevokeAsync(ca, await ExpiredAsync(ca)));
        await FailsAsync(ErrorId.NoClientAuth, async () => await RevokeAsync(ca, await IssueAsync(ca, provisioner: "noeku")));
        await FailsAsync(ErrorId.KeyMismatch, () => RevokeAsync(ca, good.CertificatePath, other.KeyPath));
        Assert.Equal(0, ca.RequestCount("/revoke"));
    }

    [Theory]
    [InlineData(403, "request serial number \"1\" and certificate serial number \"2\" do not match.", ErrorId.SerialNumberDiffers)]
    [InlineData(400, "The request could not be completed: serial number in client certificate different than body.", ErrorId.SerialNumberDiffers)]
    [InlineData(400, "The request could not be completed: missing ott or client certificate.", ErrorId.ClientCertificateMissing)]
    [InlineData(401, "The request lacked necessary authorization to be completed.", ErrorId.RevocationRefused)]
    [InlineData(403, "forbidden", ErrorId.CaForbidden)]
    [InlineData(500, "database is closed", ErrorId.CaFailed)]
    [InlineData(200, "", ErrorId.CaAnswerInvalid)]
    public async Task Refusals_HaveTheirErrors(int status, string message, string errorId)
    {
        await using var ca = await DevTestCa.StartAsync(new());
        var pair = await IssueAsync(ca);
        ca.Server.Faults.Add("/revoke", new RawFault(status, "application/json", System.Text.Json.JsonSerializer.Serialize(new { status, message })));
        await FailsAsync(errorId, () => RevokeAsync(ca, pair));
    }

    private static Task<RenewalException> FailsAsync(string errorId, Func<Task> action) => Expect.FailureAsync(errorId, action);

    private static async Task<Credential> TokenAsync(ITestCa ca, string serial) =>
        new Credential.Token(OneTimeToken.Parse(await ca.TokenAsync(new(serial) { Audience = "/1.0/revoke" })));

    private static CaFinder Finder() => new(_ => null, new RootDownload(TimeProvider.System, _ => null).FetchAsync);

    private static Task RevokeAsync(ITestCa ca, string serial, Credential credential) =>
        new TokenRevocation(Finder(), TimeProvider.System, _ => null).RunAsync(new(serial, 0, string.Empty, null), credential, new() { StepPath = ca.StepPath }, default);

    private static Task RevokeAsync(ITestCa ca, IssuedPair pair) => RevokeAsync(ca, pair.CertificatePath, pair.KeyPath);

    private static async Task RevokeAsync(ITestCa ca, string certificatePath, string keyPath)
    {
        using var revocation = CertificateRevocation.Open(new PairLocation(certificatePath, keyPath), new CaOptions { StepPath = ca.StepPath }, TimeProvider.System, _ => null);
        await revocation.RunAsync((int)RevocationReason.KeyCompromise, "lost", default);
    }
}
