using System.Text;
using System.Text.Json.Nodes;

namespace StepCaRenew.Unit.Fixtures;

/// <summary>Tokens and the provisioner that <c>step ca token</c> and step-ca made (TestData/README.md), and tokens of any content.</summary>
internal static class TestTokens
{
    public static string Provisioner => File.ReadAllText(PathOf("step-provisioner.json"));

    /// <summary>The token of a file in TestData/Tokens.</summary>
    public static string Text(string name) => File.ReadAllText(PathOf(name));

    /// <summary>A token with these claims and a signature that nobody verifies.</summary>
    public static string With(JsonObject claims) => With(Encoding.UTF8.GetBytes(claims.ToJsonString()));

    public static string With(ReadOnlySpan<byte> claims) => $"{TestJwe.Encode("""{"alg":"ES256","kid":"1","typ":"JWT"}"""u8)}.{TestJwe.Encode(claims)}.AAAA";

    /// <summary>The claims of a token.</summary>
    public static JsonObject Claims(string token) => JsonNode.Parse(TestJwe.Decode(token.Split('.')[1]))!.AsObject();

    /// <summary>The header of a token.</summary>
    public static JsonObject Header(string token) => JsonNode.Parse(TestJwe.Decode(token.Split('.')[0]))!.AsObject();

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "TestData", "Tokens", name);
}
