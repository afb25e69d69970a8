using StepCaRenew.Ca.Trust;

namespace StepCaRenew.Unit.Ca.Trust;

public sealed class RootFingerprintTests
{
    private const string Digits = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData(Digits)]
    [InlineData("0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData(" 0123456789abcdef-0123456789abcdef-0123456789abcdef-0123456789abcdef\n")]
    [InlineData("01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF")]
    public void Parse_SeparatorsAndCase_AreRemoved(string text) => Assert.Equal(Digits, RootFingerprint.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("0123456789abcdef0123456789abcdef01234567")] // SHA-1
    [InlineData(Digits + "0")]
    [InlineData("g123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    public void Parse_OtherTexts_AreRefused(string text) => Expect.Failure(ErrorId.FingerprintInvalid, () => RootFingerprint.Parse(text));

    [Fact]
    public void Compute_Certificate_IsTheHashOfItsDer()
    {
        var root = TestAuthority.Default.Root;
        Assert.Equal(root.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256).ToLowerInvariant(), RootFingerprint.Compute(root));
    }
}
