using System.Text.Json.Nodes;
using StepCaRenew.Ca;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Signing;
using StepCaRenew.Ca.Tokens;
using StepCaRenew.Ca.Trust;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Ca.Signing;

public sealed class CaFinderTests : IDisposable
{
    private const string Other = "27d2ce5171de6e2f262f5c54839a7b8a74bac90cceb0f84f7256b4511781f57a";
    private static readonly string Own = TestAuthority.Default.Root.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256).ToLowerInvariant();

    private readonly TestFolder folder = new();
    private readonly List<(string Address, string Fingerprint)> downloads = [];
    private readonly string root;

    public CaFinderTests()
    {
        root = Path.Combine(folder, "root.crt");
        File.WriteAllText(root, TestAuthority.Default.Root.ExportCertificatePem());
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Find_NothingConfigured_TokenBringsAddressAndRoot()
    {
        using var ca = await FindAsync(new(), Token("https://CA.example:9000/1.0/sign", Own));
        Assert.Equal("https://CA.example:9000", ca.Settings.Address);
        Assert.Equal(("https://CA.example:9000", Own), Assert.Single(downloads));
        Assert.True(ca.Roots.Has(Own));
    }

    [Fact]
    public async Task Find_OnlyTheUrl_TokenBringsTheRoot()
    {
        using var ca = await FindAsync(new() { CaUrl = "ca.example" }, Token(null, Own));
        Assert.Equal(("https://ca.example", Own), Assert.Single(downloads));
    }

    [Fact]
    public async Task Find_OnlyTheRoot_TokenBringsTheAddress()
    {
        using var ca = await FindAsync(new() { RootPath = root }, Token("https://ca.example/1.0/sign", Own));
        Assert.Equal("https://ca.example", ca.Settings.Address);
        Assert.Empty(downloads);
    }

    [Theory]
    [InlineData("https://ca.example/1.0/sign", true)]
    [InlineData("https://CA.Example:9000/1.0/sign", true)]
    [InlineData("client-1234", false)]
    [InlineData(null, false)]
    public async Task Find_ConfiguredCaThatFits_IsUsedWithoutADownload(string? audience, bool hasRoot)
    {
        using var ca = await FindAsync(Configured, Token(audience, hasRoot ? Own : null));
        Assert.Equal("https://ca.example", ca.Settings.Address);
        Assert.Empty(downloads);
    }

    [Fact]
    public async Task Find_TokenForAnotherHost_IsRefused()
    {
        var e = await Expect.FailureAsync(ErrorId.TokenForAnotherCa, () => FindAsync(Configured, Token("https://other.example/1.0/sign", Own)));
        Assert.Contains("other.example", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_TokenForAnotherRoot_IsRefused() =>
        await Expect.FailureAsync(ErrorId.TokenForAnotherCa, () => FindAsync(Configured, Token("https://ca.example/1.0/sign", Other)));

    [Fact]
    public async Task Find_TokenForAnotherRootThanTheConfiguredFingerprint_IsRefusedBeforeADownload()
    {
        await Expect.FailureAsync(ErrorId.TokenForAnotherCa, () => FindAsync(new() { CaUrl = "ca.example", Fingerprint = Own }, Token(null, Other)));
        Assert.Empty(downloads);
    }

    [Theory]
    [InlineData("http://ca.example/1.0/sign", Other)]
    [InlineData("client-1234", null)]
    public async Task Find_NothingConfiguredAndTokenWithoutCa_SaysWhatIsMissing(string audience, string? fingerprint) =>
        await Expect.FailureAsync(ErrorId.CaUrlMissing, () => FindAsync(new(), Token(audience, fingerprint)));

    [Fact]
    public async Task Find_TokenWithoutRoot_IsRefused() => await Expect.FailureAsync(ErrorId.RootMissing, () => FindAsync(new(), Token("https://ca.example/1.0/sign", null)));

    [Fact]
    public async Task Find_NamedRootThatIsMissing_IsNotReplacedByADownload()
    {
        await Expect.FailureAsync(ErrorId.RootMissing, () => FindAsync(Configured with { RootPath = root + ".old" }, Token("https://ca.example/1.0/sign", Own)));
        Assert.Empty(downloads);
    }

    private CaOptions Configured => new() { CaUrl = "ca.example", RootPath = root };

    private Task<TrustedCa> FindAsync(CaOptions options, OneTimeToken token) => new CaFinder(_ => null, (address, fingerprint, _) =>
    {
        downloads.Add((address.Text, fingerprint));
        return Task.FromResult(TrustedRoots.Load(new CaSettings(address.Url, root, null)));
    }).FindAsync(options with { StepPath = Path.Combine(folder, "empty") }, token, default);

    private static OneTimeToken Token(string? audience, string? fingerprint)
    {
        var claims = new JsonObject();
        if (audience is not null)
            claims["aud"] = audience;
        if (fingerprint is not null)
            claims["sha"] = fingerprint;
        return OneTimeToken.Parse(TestTokens.With(claims));
    }
}
