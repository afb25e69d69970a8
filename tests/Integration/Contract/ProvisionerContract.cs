using System.Buffers.Text;
using System.Text.Json.Nodes;
using StepCaRenew.DevCa.Jose;
using StepCaRenew.Integration.Cas;

namespace StepCaRenew.Integration.Contract;

/// <summary>The list of provisioners and their keys.</summary>
public abstract class ProvisionerContract(CaKind kind) : CaContract(kind)
{
    [Fact]
    public async Task List_HasAllThree_WithKeys()
    {
        var answer = await GetAsync(await CaAsync(), "/provisioners");
        Assert.Equal(200, answer.Status);
        Assert.Equal("", (string?)answer.Json["nextCursor"]);
        var entries = answer.Json["provisioners"]!.AsArray();
        Assert.Equal(["admin", "noeku", "norenew"], entries.Select(p => (string)p!["name"]!).Order());
        Assert.All(entries, p => Assert.Equal("JWK", (string?)p!["type"]));
        Assert.Equal(true, (bool?)entries.Single(p => (string?)p!["name"] == "norenew")!["claims"]!["disableRenewal"]);
    }

    [Fact]
    public async Task List_ComesInPages()
    {
        var ca = await CaAsync();
        List<string> names = [];
        var cursor = "";
        do
        {
            var page = (await GetAsync(ca, $"/provisioners?limit=1&cursor={cursor}")).Json;
            names.Add((string)Assert.Single(page["provisioners"]!.AsArray())!["name"]!);
            cursor = (string)page["nextCursor"]!;
        }
        while (cursor.Length > 0 && names.Count < 5);
        Assert.Equal(["admin", "noeku", "norenew"], names.Order());
    }

    [Fact]
    public async Task Limit_MustBeANumber() => (await GetAsync(await CaAsync(), "/provisioners?limit=x"))
        .AssertRefused(400, BadRequest + "limit 'x' is not an integer.");

    [Fact]
    public async Task EncryptedKey_OpensWithThePassword_AndFitsThePublicKey()
    {
        var ca = await CaAsync();
        var admin = (await GetAsync(ca, "/provisioners")).Json["provisioners"]!.AsArray().Single(p => (string?)p!["name"] == "admin")!;
        var answer = await GetAsync(ca, $"/provisioners/{admin["key"]!["kid"]}/encrypted-key");
        Assert.Equal(200, answer.Status);
        Assert.Equal((string)admin["encryptedKey"]!, (string)answer.Json["key"]!);
        var key = JsonNode.Parse(Jwe.Decrypt((string)answer.Json["key"]!, "test-password"))!;
        Assert.Equal((string)admin["key"]!["x"]!, (string)key["x"]!);
        Assert.NotNull(key["d"]);
    }

    [Fact]
    public async Task EncryptedKey_IsDerivedWithTheIterationsOfItsTime()
    {
        var answer = await GetAsync(await CaAsync(), "/provisioners");
        Assert.All(answer.Json["provisioners"]!.AsArray(), provisioner =>
        {
            var header = JsonNode.Parse(Base64Url.DecodeFromChars(((string)provisioner!["encryptedKey"]!).Split('.')[0]))!;
            Assert.Equal(ByGeneration(100_000, 600_000), (int)header["p2c"]!);
        });
    }
}
