using StepCaRenew.Certificates.Keys;

namespace StepCaRenew.Unit.Certificates.Keys;

public sealed class KeyAlgorithmsTests
{
    [Theory]
    [InlineData("EC-P256", "EC P-256")]
    [InlineData("ec-p384", "EC P-384")]
    [InlineData("Ec-p521", "EC P-521")]
    [InlineData("rsa-2048", "RSA 2048")]
    public void Generate_TakesANameInAnyCase(string name, string algorithm)
    {
        Wine.SkipCurve(name);
        using var key = KeyAlgorithms.Generate(name);
        Assert.Equal(algorithm, key.Algorithm);
    }
}
