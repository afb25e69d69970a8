using System.Security.Cryptography;
using StepCaRenew.Certificates;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Certificates;

public sealed class EcImportTests
{
    // The other curves take the same way through the platform as the one that is tried.
    [Theory]
    [InlineData("nistP256")]
    [InlineData("nistP384")]
    [InlineData("nistP521")]
    public void Proves_WhereTrue_KeyWhosePublicHalfWasReplacedIsRefused(string curve)
    {
        Assert.SkipUnless(EcImport.Proves, "This platform does not compare the halves of a key that it imports: a signature does.");
        using var one = ECDsa.Create(ECCurve.CreateFromFriendlyName(curve));
        using var other = ECDsa.Create(ECCurve.CreateFromFriendlyName(curve));
        var pkcs8 = one.ExportPkcs8PrivateKey();
        var (point, foreign) = (one.ExportParameters(false).Q.X!, other.ExportParameters(false).Q);
        var at = pkcs8.AsSpan().IndexOf(point);
        foreign.X!.CopyTo(pkcs8, at);
        foreign.Y!.CopyTo(pkcs8, at + point.Length);
        using var folder = new TestFolder();
        Expect.Failure(ErrorId.KeyInvalid, () => KeyFile.Load(folder.Write("a.key", pkcs8)).Dispose());
    }

    [LinuxFact]
    public void Proves_OpenSsl_IsTrue() => Assert.True(EcImport.Proves);

    [Fact]
    public void IsProven_KeyThatNobodyImported_IsFalse()
    {
        using var key = new PrivateKey(ECDsa.Create(ECCurve.NamedCurves.nistP256));
        Assert.False(key.IsProven);
    }
}
