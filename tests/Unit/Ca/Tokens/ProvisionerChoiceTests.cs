using System.Text.Json;
using StepCaRenew.Ca;
using StepCaRenew.Ca.Tokens;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Ca.Tokens;

public sealed class ProvisionerChoiceTests
{
    private static readonly ProvisionerEntry Acme = Entry("acme", "ACME", null, null);

    [Fact]
    public void Choose_WithoutName_IsTheOnlyJwk() => Assert.Equal("admin", Assert.Single(Choose(null, Acme, Entry("admin"))).Name);

    [Fact]
    public void Choose_ByName_IsThatOne() => Assert.Equal("two", Assert.Single(Choose("two", Entry("one"), Entry("two"))).Name);

    [Fact]
    public void Choose_WithoutName_IgnoresTheOneWhoseKeyIsElsewhere() =>
        Assert.Equal("admin", Assert.Single(Choose(null, Entry("elsewhere", key: null), Entry("admin"))).Name);

    [Theory]
    [InlineData(ErrorId.ProvisionerNotFound, null, "has no JWK provisioner. It has 'acme' (ACME)")]
    [InlineData(ErrorId.ProvisionerNotFound, "nobody", "has no provisioner 'nobody'. It has 'acme' (ACME)")]
    [InlineData(ErrorId.ProvisionerUnsupported, "acme", "of the type ACME")]
    public void Choose_NoneThatFits_NamesThoseThatExist(string id, string? name, string message) =>
        Assert.Contains(message, Expect.Failure(id, () => Choose(name, Acme)).Message, StringComparison.Ordinal);

    [Fact]
    public void Choose_NoneAtAll_IsClear() => Assert.Contains("It has none.", Expect.Failure(ErrorId.ProvisionerNotFound, () => Choose(null)).Message, StringComparison.Ordinal);

    [Fact]
    public void Choose_NameInOtherCase_IsNotFound() => Expect.Failure(ErrorId.ProvisionerNotFound, () => Choose("Admin", Entry("admin")));

    [Fact]
    public void Choose_SeveralWithoutName_NamesThem() =>
        Assert.Contains("'one' (JWK), 'two' (JWK)", Expect.Failure(ErrorId.ProvisionerAmbiguous, () => Choose(null, Entry("one"), Entry("two"), Acme)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(null)]
    [InlineData("offline")]
    public void Choose_KeyNotAtTheCa_IsClear(string? name) =>
        Assert.Contains("--public-key", Expect.Failure(ErrorId.ProvisionerUnsupported, () => Choose(name, Entry("offline", key: null))).Message, StringComparison.Ordinal);

    [Fact]
    public void Choose_Okp_IsRefusedByName()
    {
        var e = Expect.Failure(ErrorId.ProvisionerUnsupported, () => Choose(null, Entry("ed", jwk: """{"kty":"OKP","crv":"Ed25519","kid":"1"}""")));
        Assert.Contains("OKP key (Ed25519)", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Choose_HostileNames_AreCleanedAndFew()
    {
        var many = Enumerable.Range(0, 1000).Select(number => Entry($"p{number}\u001b[31m\n{new string('x', 5000)}")).ToArray();
        var e = Expect.Failure(ErrorId.ProvisionerAmbiguous, () => Choose(null, many));
        Assert.Contains("and 990 others", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', e.Message);
        Assert.True(e.Message.Length < 5000, e.Message);
    }

    [Fact]
    public void Decrypt_TwoKeysOfOneName_IsTheOneThatThePasswordOpens()
    {
        var entry = JsonSerializer.Deserialize(TestTokens.Provisioner, CaJson.Default.ProvisionerEntry)!;
        var older = Entry("admin", key: TestJwe.Encrypt("{}", "another password"));
        using var password = new KeyPassword("test-password");
        using var key = ProvisionerKey.Decrypt(Choose(null, older, entry), password);
        Assert.Equal("admin", key.Provisioner);
        Assert.Equal("3jt_DehtT6ehv6RkUc_JOVw-ImHljAQbT6sFRBvGmDo", key.Id);
        using var wrong = new KeyPassword("neither");
        Expect.Failure(ErrorId.ProvisionerPasswordWrong, () => ProvisionerKey.Decrypt([older, entry], wrong));
    }

    [Theory]
    [InlineData("""{"kty":"EC","crv":"P-256"}""")]
    [InlineData("nonsense")]
    public void Decrypt_ContentWithoutAKey_IsDamaged(string content)
    {
        using var password = new KeyPassword("secret");
        Expect.Failure(ErrorId.ProvisionerKeyInvalid, () => ProvisionerKey.Decrypt([Entry("admin", key: TestJwe.Encrypt(content, "secret"))], password));
    }

    private static IReadOnlyList<ProvisionerEntry> Choose(string? name, params ProvisionerEntry[] all) => ProvisionerChoice.Choose(all, name, "ca.example:9000");

    private static ProvisionerEntry Entry(string name, string type = "JWK", string? key = "a.b.c.d.e", string? jwk = """{"kty":"EC","kid":"1"}""") =>
        new(type, name, jwk is null ? default : JsonDocument.Parse(jwk).RootElement, key, default);
}
