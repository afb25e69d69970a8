using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Ca;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Unit.Ca;

public sealed class KeyStoreTests
{
    private const string User = "S-1-5-21-1-2-3-1001";
    private static readonly Version Usual = new(10, 0, 12);

    // Interactive, batch with a password, service; then network, S4U in a domain, and no profile.
    [Theory]
    [InlineData(User, "S-1-5-4", true, null)]
    [InlineData(User, "S-1-5-3 S-1-18-1", true, null)]
    [InlineData(User, "S-1-5-6", true, null)]
    [InlineData(User, "S-1-5-2", true, "network logon")]
    [InlineData(User, "S-1-5-2 S-1-5-4", true, "network logon")]
    [InlineData(User, "S-1-5-3 S-1-18-2", true, "S4U")]
    [InlineData(User, "S-1-5-3", false, "profile")]
    [InlineData(User, "S-1-5-21-2", true, null)]
    [InlineData("S-1-5-18", "S-1-5-2", false, null)]
    [InlineData("S-1-5-19", "", false, null)]
    [InlineData("S-1-5-20", "", false, null)]
    public void Obstacle_OfASession_IsNamed(string sid, string groups, bool hasProfile, string? expected) =>
        Check(expected, new LogonSession(sid, groups.Split(' '), hasProfile, Usual));

    [Theory]
    [InlineData("8.0.1", null)]
    [InlineData("8.0.2", "leaves every imported key behind")]
    [InlineData("8.0.5", "leaves every imported key behind")]
    [InlineData("8.0.6", null)]
    [InlineData("9.0.4", null)]
    public void Obstacle_OfARuntime_IsNamed(string version, string? expected) => Check(expected, new LogonSession("S-1-5-18", [], true, Version.Parse(version)));

    [Fact]
    public void Obstacle_OfTheUsersOwnSession_IsNone() => Assert.Null(new KeyStore().Obstacle);

    [Fact]
    public void Import_ThatWindowsRefuses_IsAnErrorWithRemedies_AndLeavesNoKeyInMemory()
    {
        using var folder = new TestFolder();
        var (certificate, key) = TestAuthority.Default.Issue(new LeafSpec()).WriteTo(folder, "web");
        using var pair = CertificatePair.Load(certificate, key, null);
        using var client = pair.Key.AttachTo(pair.Leaf);
        byte[] seen = [];
        var error = Expect.Failure(ErrorId.KeyStoreUnavailable, () => KeyStore.Import(client, (pfx, _) =>
        {
            seen = pfx;
            throw new CryptographicException(unchecked((int)0x80070005));
        }));
        Assert.Contains("0x80070005", error.Message, StringComparison.Ordinal);
        Assert.Contains("-UseToken", error.Remedy, StringComparison.Ordinal);
        Assert.Contains("-Credential", error.Remedy, StringComparison.Ordinal);
        Assert.NotEmpty(seen);
        Assert.All(seen, one => Assert.Equal(0, one));
    }

    [Fact]
    public void Import_Good_IsTheCertificateWithItsKey()
    {
        using var folder = new TestFolder();
        var (certificate, key) = TestAuthority.Default.Issue(new LeafSpec { Key = RSA.Create(2048) }).WriteTo(folder, "web");
        using var pair = CertificatePair.Load(certificate, key, null);
        using var client = pair.Key.AttachTo(pair.Leaf);
#pragma warning disable SYSLIB0057 // X509CertificateLoader came with .NET 9.
        using var imported = KeyStore.Import(client, (pfx, password) => new X509Certificate2(pfx, password));
#pragma warning restore SYSLIB0057
        Assert.True(imported.HasPrivateKey);
        Assert.Equal(pair.Leaf.Thumbprint, imported.Thumbprint);
    }

    private static void Check(string? expected, LogonSession session)
    {
        if (expected is null)
            Assert.Null(session.Obstacle);
        else
            Assert.Contains(expected, session.Obstacle, StringComparison.Ordinal);
    }
}
