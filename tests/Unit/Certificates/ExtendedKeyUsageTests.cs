using StepCaRenew.Certificates;

namespace StepCaRenew.Unit.Certificates;

public sealed class ExtendedKeyUsageTests
{
    private const string Any = "2.5.29.37.0";

    [Fact]
    public void ReadNames_StandardAndOwnUsages_AreNamedOrNumbered()
    {
        var leaf = TestAuthority.Default.Issue(new LeafSpec { Usages = [LeafSpec.ServerAuth, LeafSpec.ClientAuth, "1.3.6.1.5.5.7.3.3", "1.2.3.4"] }).Leaf;
        Assert.Equal(["serverAuth", "clientAuth", "codeSigning", "1.2.3.4"], ExtendedKeyUsage.ReadNames(leaf));
    }

    [Fact]
    public void ReadNames_NoExtension_IsEmpty() => Assert.Empty(ExtendedKeyUsage.ReadNames(TestAuthority.Default.Issue(new LeafSpec { Usages = [] }).Leaf));

    [Theory]
    [InlineData(true, LeafSpec.ClientAuth)]
    [InlineData(true, LeafSpec.ServerAuth, LeafSpec.ClientAuth)]
    [InlineData(true, Any)]
    [InlineData(true)]
    [InlineData(false, LeafSpec.ServerAuth)]
    [InlineData(false, "1.3.6.1.5.5.7.3.4")]
    public void AllowsClientAuth_ByUsages(bool expected, params string[] usages) =>
        Assert.Equal(expected, ExtendedKeyUsage.AllowsClientAuth(TestAuthority.Default.Issue(new LeafSpec { Usages = usages }).Leaf));
}
