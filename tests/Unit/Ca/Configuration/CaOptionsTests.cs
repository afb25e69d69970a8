using System.Text.Json;
using StepCaRenew.Ca.Configuration;

namespace StepCaRenew.Unit.Ca.Configuration;

public sealed class CaOptionsTests
{
    // The first versions of definitions have useToken.
    [Theory]
    [InlineData("""{ }""", "Auto")]
    [InlineData("""{ "UseToken": false }""", "Auto")]
    [InlineData("""{ "UseToken": true }""", "Token")]
    [InlineData("""{ "UseToken": true, "Transport": "Tls" }""", "Tls")]
    [InlineData("""{ "Transport": "Tls", "UseToken": true }""", "Tls")]
    [InlineData("""{ "Transport": "Token", "UseToken": false }""", "Token")]
    public void Transport_OfDefinition_IsRead(string json, string expected) =>
        Assert.Equal(expected, JsonSerializer.Deserialize<CaOptions>(json)!.Transport.ToString());
}
