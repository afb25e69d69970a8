using StepCaRenew.Certificates;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Certificates;

public sealed class StepProvisionerTests
{
    [Theory]
    [InlineData(1, "JWK")]
    [InlineData(2, "OIDC")]
    [InlineData(6, "ACME")]
    [InlineData(7, "X5C")]
    [InlineData(8, "K8sSA")]
    [InlineData(10, "SCEP")]
    [InlineData(11, "Nebula")]
    [InlineData(12, "Wire")]
    [InlineData(0, "type 0")]
    [InlineData(13, "type 13")]
    [InlineData(-1, "type -1")]
    public void FromCertificate_Type_IsNamed(int type, string expected) =>
        Assert.Equal(new StepProvisioner(expected, "admin@example.com", "kid"), Of(ProvisionerExtension.Encode(type, "admin@example.com", "kid")));

    [Fact]
    public void FromCertificate_UnicodeNameAndKeyValuePairs_AreRead() =>
        Assert.Equal(new StepProvisioner("ACME", "B\u00fcro", string.Empty), Of(ProvisionerExtension.Encode(6, "B\u00fcro", string.Empty, "k", "v")));

    [Fact]
    public void FromCertificate_NoExtension_IsNull() => Assert.Null(StepProvisioner.FromCertificate(TestAuthority.Default.Issue().Leaf));

    [Theory]
    [InlineData("empty", "")]
    [InlineData("no sequence", "0201")]
    [InlineData("cut short", "300A020101040561646D")]
    [InlineData("no name", "3003020101")]
    [InlineData("a type that is not a number", "30060401610401")]
    [InlineData("a type beyond all numbers", "3013020900FFFFFFFFFFFFFFFF04016104016B0000")]
    public void FromCertificate_DamagedExtension_IsNull(string name, string hex) => Assert.True(Of(Convert.FromHexString(hex)) is null, name);

    private static StepProvisioner? Of(byte[] extension) =>
        StepProvisioner.FromCertificate(TestAuthority.Default.Issue(new LeafSpec { Extensions = [(StepProvisioner.Oid, extension)] }).Leaf);
}
