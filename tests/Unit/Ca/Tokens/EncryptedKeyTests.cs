using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using StepCaRenew.Ca.Tokens;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Ca.Tokens;

public sealed class EncryptedKeyTests
{
    private const string Password = "correct horse";
    private const string Content = """{"kty":"EC"}""";

    [Fact]
    public void Decrypt_KeyThatStepMade_IsThePrivateKeyOfTheProvisioner()
    {
        using var provisioner = JsonDocument.Parse(TestTokens.Provisioner);
        using var password = new KeyPassword("test-password");
        var key = EncryptedKey.Parse(provisioner.RootElement.GetProperty("encryptedKey").GetString()!, "admin").Decrypt(password);
        using var jwk = JsonDocument.Parse(key);
        Assert.Equal(provisioner.RootElement.GetProperty("key").GetProperty("x").GetString(), jwk.RootElement.GetProperty("x").GetString());
        Assert.NotEmpty(jwk.RootElement.GetProperty("d").GetString()!);
    }

    [Fact]
    public void Decrypt_PasswordNotAscii_IsUtf8() => Assert.Equal(Content, Decrypt(TestJwe.Encrypt(Content, "Pässwört €"), "Pässwört €"));

    [Fact]
    public void Decrypt_WrongPassword_IsItsOwnErrorWithoutThePassword()
    {
        var e = Expect.Failure(ErrorId.ProvisionerPasswordWrong, () => Decrypt(TestJwe.Encrypt(Content, Password), "wrong-horse-battery"));
        Assert.Contains("'admin'", e.Message, StringComparison.Ordinal);
        Expect.NoSecret("wrong-horse-battery", e);
    }

    [Fact]
    public void Decrypt_HighestCount_IsAllowed() => Assert.Equal(Content, Decrypt(TestJwe.Encrypt(Content, Password, TestJwe.Header(1_000_000)), Password));

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Decrypt_ChangedAfterTheKey_IsDamagedAndNotAWrongPassword(int part)
    {
        var parts = TestJwe.Encrypt(Content, Password).Split('.');
        var bytes = TestJwe.Decode(parts[part]);
        bytes[0] ^= 1;
        parts[part] = TestJwe.Encode(bytes);
        Expect.Failure(ErrorId.ProvisionerKeyInvalid, () => Decrypt(string.Join('.', parts), Password));
    }

    [Fact]
    public void Decrypt_ChangedHeader_IsDamaged()
    {
        // Another order of the fields: the same values, but other authenticated bytes.
        var parts = TestJwe.Encrypt(Content, Password).Split('.');
        var header = JsonNode.Parse(TestJwe.Decode(parts[0]))!.AsObject();
        var turned = new JsonObject(header.Reverse().Select(field => KeyValuePair.Create(field.Key, field.Value?.DeepClone())));
        parts[0] = TestJwe.Encode(Encoding.UTF8.GetBytes(turned.ToJsonString()));
        Expect.Failure(ErrorId.ProvisionerKeyInvalid, () => Decrypt(string.Join('.', parts), Password));
    }

    // Each with a part of its message.
    public static TheoryData<string, string, string> Hostile => new()
    {
        { "no text", "", "five parts" },
        { "one part", "abc", "five parts" },
        { "six parts", TestJwe.Encrypt(Content, Password) + ".AAAA", "five parts" },
        { "ten megabytes", new string('A', 10_000_000), "too long" },
        { "a million dots", new string('.', 1_000_000), "too long" },
        { "header not base64url", Part(0, "e30="), "header" },
        { "header not JSON", Part(0, TestJwe.Encode("nonsense"u8)), "not JSON" },
        { "header a list", Part(0, TestJwe.Encode("[]"u8)), "not a JSON object" },
        { "header of 10000 levels", Part(0, TestJwe.Encode(Encoding.ASCII.GetBytes("{\"a\":" + new string('[', 10_000)))), "not JSON" },
        { "half of a surrogate pair", Part(0, TestJwe.Encode("{\"alg\":\"\\ud800\"}"u8)), "not a text" },
        { "iterations for hours", With("p2c", 1_000_001), "1000001 iterations" },
        { "iterations of 64 bits", With("p2c", long.MaxValue), "iterations" },
        { "more iterations than 64 bits", With("p2c", JsonNode.Parse("1e300")!), "'p2c'" },
        { "no iteration", With("p2c", 0), "'p2c'" },
        { "negative iterations", With("p2c", -1000), "'p2c'" },
        { "iterations as text", With("p2c", "100000"), "'p2c'" },
        { "no iterations", With("p2c", null), "'p2c'" },
        { "no salt", With("p2s", null), "'p2s'" },
        { "salt of 40 KB", With("p2s", TestJwe.Encode(new byte[30_000])), "'p2s' is too long" },
        { "salt not base64url", With("p2s", "%%%%"), "'p2s'" },
        { "compressed", With("zip", "DEF"), "'zip'" },
        { "critical fields", With("crit", new JsonArray("exp")), "'crit'" },
        { "short encrypted key", Part(1, "AAAA"), "encrypted key" },
        { "long encrypted key", Part(1, TestJwe.Encode(new byte[48])), "encrypted key" },
        { "empty nonce", Part(2, ""), "initialization vector" },
        { "long nonce", Part(2, TestJwe.Encode(new byte[16])), "initialization vector" },
        { "no content", Part(3, ""), "content" },
        { "short tag", Part(4, TestJwe.Encode(new byte[4])), "tag" },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Parse_Hostile_IsRefusedWithinASecondBeforeAnythingIsDerived(string what, string jwe, string message)
    {
        var watch = Stopwatch.StartNew();
        // Parse has no password, so that it derives nothing.
        var e = Expect.Failure(ErrorId.ProvisionerKeyInvalid, () => EncryptedKey.Parse(jwe, "admin"));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1), $"{what} took {watch.Elapsed}");
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.True(e.Message.Length < 500, e.Message);
    }

    [Theory]
    [InlineData("alg", "PBES2-HS512+A256KW")]
    [InlineData("alg", "dir")]
    [InlineData("alg", "none")]
    [InlineData("alg", "pbes2-hs256+a128kw")]
    [InlineData("alg", null)]
    [InlineData("enc", "A128CBC-HS256")]
    [InlineData("enc", null)]
    public void Parse_OtherAlgorithm_IsRefusedByName(string field, string? value)
    {
        var e = Expect.Failure(ErrorId.ProvisionerUnsupported, () => EncryptedKey.Parse(With(field, value), "admin"));
        Assert.Contains(value ?? "no ", e.Message, StringComparison.Ordinal);
    }

    private static string Decrypt(string jwe, string password)
    {
        using var given = new KeyPassword(password);
        return Encoding.UTF8.GetString(EncryptedKey.Parse(jwe, "admin").Decrypt(given));
    }

    private static string Part(int number, string value)
    {
        var parts = TestJwe.Encrypt(Content, Password).Split('.');
        parts[number] = value;
        return string.Join('.', parts);
    }

    private static string With(string field, JsonNode? value)
    {
        var header = TestJwe.Header();
        if (value is null)
            header.Remove(field);
        else
            header[field] = value;
        return Part(0, TestJwe.Encode(Encoding.UTF8.GetBytes(header.ToJsonString())));
    }
}
