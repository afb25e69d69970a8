using StepCaRenew.Ca;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Ca;

public sealed class RequestPlanTests
{
    private static readonly TestAuthority Ca = TestAuthority.Default;
    private static readonly TestPair Pair = Ca.Issue();

    // Every combination: Windows, TLS can use the key, the request, chain in the file.
    [Theory]
    [InlineData(false, true, "Renew", true, "WithChain")]
    [InlineData(false, true, "Rekey", true, "WithChain")]
    [InlineData(false, true, "Renew", false, "LeafAlone")]
    [InlineData(false, true, "Rekey", false, "LeafAlone")]
    [InlineData(true, true, "Renew", true, "LeafAlone Token")]
    [InlineData(true, true, "Rekey", true, "LeafAlone WithChain")]
    [InlineData(true, true, "Renew", false, "LeafAlone")]
    [InlineData(true, true, "Rekey", false, "LeafAlone")]
    [InlineData(false, true, "RenewByToken", true, "Token")]
    [InlineData(true, true, "RenewByToken", true, "Token")]
    [InlineData(true, false, "Renew", true, "Token")]
    [InlineData(true, false, "Rekey", true, "LeafAlone WithChain")]
    [InlineData(true, false, "Renew", false, "LeafAlone")]
    [InlineData(true, false, "Rekey", false, "LeafAlone")]
    [InlineData(true, false, "RenewByToken", true, "Token")]
    public void Create_Situation_IsThePlan(bool isWindows, bool keepsKeys, string kind, bool hasChain, string expected)
    {
        var present = hasChain ? Pair.Keyed(Ca.Intermediate) : Pair.Keyed();
        var request = CaRequest.Create(present, kind == "Rekey" ? Ca.Issue().PrivateKey : null, useToken: kind == "RenewByToken");
        Assert.Equal(expected, string.Join(' ', RequestPlan.Create(request, isWindows, keepsKeys)));
    }

    // A way that is refused is not used twice.
    [Theory]
    [InlineData(false, true, "Token WithChain")]
    [InlineData(true, true, "Token LeafAlone")]
    [InlineData(true, false, "Token")]
    public void Create_StartsByToken_ThenGoesByTls(bool isWindows, bool keepsKeys, string expected) =>
        Assert.Equal(expected, string.Join(' ', RequestPlan.Create(new CaRequest.Renew(Pair.Keyed(Ca.Intermediate)), isWindows, keepsKeys, startsByToken: true)));
}
