using StepCaRenew.Ca;

namespace StepCaRenew.Unit.Ca;

public sealed class RequestPlanTests
{
    // Every combination: Windows, TLS can use the key, by token, new key, chain in the file.
    [Theory]
    [InlineData(false, true, false, false, true, "WithChain")]
    [InlineData(false, true, false, true, true, "WithChain")]
    [InlineData(false, true, false, false, false, "LeafAlone")]
    [InlineData(false, true, false, true, false, "LeafAlone")]
    [InlineData(true, true, false, false, true, "LeafAlone Token")]
    [InlineData(true, true, false, true, true, "LeafAlone WithChain")]
    [InlineData(true, true, false, false, false, "LeafAlone")]
    [InlineData(true, true, false, true, false, "LeafAlone")]
    [InlineData(false, true, true, false, true, "Token")]
    [InlineData(true, true, true, false, true, "Token")]
    [InlineData(true, false, false, false, true, "Token")]
    [InlineData(true, false, false, true, true, "LeafAlone WithChain")]
    [InlineData(true, false, false, false, false, "LeafAlone")]
    [InlineData(true, false, false, true, false, "LeafAlone")]
    [InlineData(true, false, true, false, true, "Token")]
    public void Of_Situation_IsThePlan(bool isWindows, bool keepsKeys, bool byToken, bool isRekey, bool hasChain, string expected) =>
        Assert.Equal(expected, string.Join(' ', RequestPlan.Of(isWindows, keepsKeys, byToken, isRekey, hasChain)));
}
