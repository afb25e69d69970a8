using StepCaRenew.StepCa;

namespace StepCaRenew.Unit.StepCa;

public sealed class RequestPlanTests
{
    // Every combination: Windows, by token, new key, chain in the file.
    [Theory]
    [InlineData(false, false, false, true, "WithChain")]
    [InlineData(false, false, true, true, "WithChain")]
    [InlineData(false, false, false, false, "LeafAlone")]
    [InlineData(false, false, true, false, "LeafAlone")]
    [InlineData(true, false, false, true, "LeafAlone Token")]
    [InlineData(true, false, true, true, "LeafAlone WithChain")]
    [InlineData(true, false, false, false, "LeafAlone")]
    [InlineData(true, false, true, false, "LeafAlone")]
    [InlineData(false, true, false, true, "Token")]
    [InlineData(true, true, false, true, "Token")]
    public void Of_Situation_IsThePlan(bool isWindows, bool byToken, bool isRekey, bool hasChain, string expected) =>
        Assert.Equal(expected, string.Join(' ', RequestPlan.Of(isWindows, byToken, isRekey, hasChain)));
}
