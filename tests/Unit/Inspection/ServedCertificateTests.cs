using Microsoft.Extensions.Time.Testing;
using StepCaRenew.Certificates;
using StepCaRenew.Inspection;
using StepCaRenew.Servers;

namespace StepCaRenew.Unit.Inspection;

public sealed class ServedCertificateTests : IDisposable
{
    private static readonly TestPair Pair = TestAuthority.Default.Issue();
    private static readonly TestPair Other = TestAuthority.Default.Issue();

    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Inspect_Server_HasItsAddressAndNoFiles()
    {
        var description = Inspect(Pair, withIntermediate: true, file: null);
        Assert.Equal(("web:8443", "https://web:8443", KeyStatus.NotChecked, CertificateStatus.Valid), (description.Name, description.ServedBy, description.KeyStatus, description.Status));
        Assert.Equal((Pair.Leaf.SerialNumber, string.Empty, null), (description.SerialNumber, description.CertificatePath, description.KeyPath));
        Assert.Equal([TestAuthority.Default.Intermediate.Subject], description.ServedChain);
        Assert.Equal((null, null, null), (description.ComparedWith, description.IsSame, description.Difference));
    }

    [Fact]
    public void Inspect_SameAsTheFile_HasNoDifference()
    {
        // A root in the file need not be sent.
        var (path, _) = Pair.WriteTo(folder, "web", TestAuthority.Default.Intermediate, TestAuthority.Default.Root);
        var description = Inspect(Pair, withIntermediate: true, path);
        Assert.Equal((path, true, null), (description.ComparedWith, description.IsSame, description.Difference));
    }

    [Fact]
    public void Inspect_AnotherCertificateThanTheFile_NamesBothSerialNumbers()
    {
        var (path, _) = Pair.WriteTo(folder, "web", TestAuthority.Default.Intermediate);
        var description = Inspect(Other, withIntermediate: true, path);
        Assert.False(description.IsSame);
        Assert.Contains($"the serial number {Other.Leaf.SerialNumber}", description.Difference, StringComparison.Ordinal);
        Assert.Contains($"the file has {Pair.Leaf.SerialNumber}", description.Difference, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_ServerThatDoesNotSendTheIssuer_IsSame_WithADifference()
    {
        var (path, _) = Pair.WriteTo(folder, "web", TestAuthority.Default.Intermediate);
        var description = Inspect(Pair, withIntermediate: false, path);
        Assert.True(description.IsSame);
        Assert.Contains($"does not send '{TestAuthority.Default.Intermediate.Subject}'", description.Difference, StringComparison.Ordinal);
    }

    private static StepCertificate Inspect(TestPair pair, bool withIntermediate, string? file)
    {
        var chain = new ServedChain(pair.Leaf, withIntermediate ? [TestAuthority.Default.Intermediate] : []);
        using var compared = file is null ? null : CertificateFile.Load(file);
        return new CertificateInspector(new FakeTimeProvider(new LeafSpec().NotBefore.AddHours(1))).Inspect(chain, ServerAddress.Parse("https://web:8443"), compared);
    }
}
