using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Trust;

namespace StepCaRenew.Unit.Ca.Trust;

public sealed class TrustedRootsTests
{
    private static readonly TestAuthority Ca = TestAuthority.Default;

    [Fact]
    public void Load_FingerprintOfTheRoot_IsTrusted() => Load(Ca.Root.ExportCertificatePem(), Fingerprint(Ca.Root));

    [Fact]
    public void Load_DerRoot_IsTrusted()
    {
        using var folder = new TestFolder();
        TrustedRoots.Load(new CaSettings(new Uri("https://ca"), folder.Write("root.crt", Ca.Root.RawData), Fingerprint(Ca.Root))).Dispose();
    }

    [Fact]
    public void Load_NoFingerprint_IsTrusted() => Load(Ca.Root.ExportCertificatePem(), null);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Resolve_FingerprintWithColonsOrInUpperCase_IsTheSame(bool colons)
    {
        using var folder = new TestFolder();
        var hex = Ca.Root.GetCertHashString(HashAlgorithmName.SHA256);
        var text = colons ? string.Join(':', hex.Chunk(2).Select(pair => new string(pair))) : hex;
        var root = folder.Write("root.crt", Ca.Root.ExportCertificatePem());
        var settings = CaSettingsResolver.Resolve(
            new CaOptions { CaUrl = "ca", RootPath = root, StepPath = folder.Path }, name => name == "STEP_FINGERPRINT" ? text : null);
        TrustedRoots.Load(settings).Dispose();
    }

    [Fact]
    public void Load_OtherFingerprint_NamesBoth()
    {
        var other = Fingerprint(Ca.Intermediate);
        var e = Expect.Failure(ErrorId.RootFingerprintMismatch, () => Load(Ca.Root.ExportCertificatePem(), other));
        Assert.Contains(other, e.Message, StringComparison.Ordinal);
        Assert.Contains(Fingerprint(Ca.Root), e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a fingerprint")]
    public void Load_MalformedFingerprint_IsAMismatch(string fingerprint) =>
        Expect.Failure(ErrorId.RootFingerprintMismatch, () => Load(Ca.Root.ExportCertificatePem(), fingerprint));

    [Fact]
    public void Load_SeveralRoots_OneOfThemMustMatch()
    {
        var roots = new TestAuthority("Other").Root.ExportCertificatePem() + "\n" + Ca.Root.ExportCertificatePem();
        Load(roots, Fingerprint(Ca.Root));
        Expect.Failure(ErrorId.RootFingerprintMismatch, () => Load(roots, Fingerprint(Ca.Intermediate)));
    }

    [Fact]
    public void Load_Missing_SaysHowToGetIt() => Expect.Failure(
        ErrorId.RootMissing, () => TrustedRoots.Load(new CaSettings(new Uri("https://ca"), "/none/root.crt", null)));

    [Theory]
    [InlineData("<html>")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public void Load_NoCertificate_IsInvalid(string content) => Expect.Failure(ErrorId.RootInvalid, () => Load(content, null));

    [Fact]
    public void CreatePolicy_Always_TrustsNothingElseAndDownloadsNothing()
    {
        using var folder = new TestFolder();
        using var roots = TrustedRoots.Load(new CaSettings(new Uri("https://ca"), folder.Write("root.crt", Ca.Root.ExportCertificatePem()), null));
        var now = new DateTimeOffset(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);
        var policy = roots.CreatePolicy(now);
        Assert.Equal(X509ChainTrustMode.CustomRootTrust, policy.TrustMode);
        Assert.Equal(X509RevocationMode.NoCheck, policy.RevocationMode);
        Assert.True(policy.DisableCertificateDownloads);
        Assert.Equal(X509VerificationFlags.NoFlag, policy.VerificationFlags);
        Assert.Equal(now.UtcDateTime, policy.VerificationTime.ToUniversalTime());
        Assert.Equal([Ca.Root], policy.CustomTrustStore);
    }

    private static void Load(string content, string? fingerprint)
    {
        using var folder = new TestFolder();
        TrustedRoots.Load(new CaSettings(new Uri("https://ca"), folder.Write("root.crt", content), fingerprint)).Dispose();
    }

    private static string Fingerprint(X509Certificate2 certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();
}
