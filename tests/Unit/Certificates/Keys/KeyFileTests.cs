using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Certificates.Keys;

public sealed class KeyFileTests
{
    private const string Unicode = "P\u00e4ssw\u00f6rt \u20ac";

    [Theory]
    [InlineData("p256.pem", "EC P-256", KeyFormat.Pkcs8)]
    [InlineData("p384.pem", "EC P-384", KeyFormat.Pkcs8)]
    [InlineData("p521.pem", "EC P-521", KeyFormat.Pkcs8)]
    [InlineData("p256-sec1.pem", "EC P-256", KeyFormat.Sec1)]
    [InlineData("p256-sec1-parameters.pem", "EC P-256", KeyFormat.Sec1)]
    [InlineData("p384-sec1.pem", "EC P-384", KeyFormat.Sec1)]
    [InlineData("p521-sec1.pem", "EC P-521", KeyFormat.Sec1)]
    [InlineData("rsa2048.pem", "RSA 2048", KeyFormat.Pkcs8)]
    [InlineData("rsa3072.pem", "RSA 3072", KeyFormat.Pkcs8)]
    [InlineData("rsa4096.pem", "RSA 4096", KeyFormat.Pkcs8)]
    [InlineData("rsa2048-pkcs1.pem", "RSA 2048", KeyFormat.Pkcs1)]
    [InlineData("p256.der", "EC P-256", KeyFormat.Pkcs8)]
    [InlineData("p256-sec1.der", "EC P-256", KeyFormat.Sec1)]
    [InlineData("rsa2048-pkcs1.der", "RSA 2048", KeyFormat.Pkcs1)]
    public void Load_PlainKey_IsRead(string file, string algorithm, KeyFormat format)
    {
        Wine.SkipCurve(file);
        using var key = KeyFile.Load(TestKeys.Path(file));
        Assert.Equal(algorithm, key.Key.Algorithm);
        Assert.Equal(format, key.Format);
        Assert.False(key.IsLegacyEncrypted);
    }

    [Theory]
    [InlineData("p256-pbes2-aes256.pem", TestKeys.Password, "EC P-256", false)]
    [InlineData("p256-pbes2-aes256.der", TestKeys.Password, "EC P-256", false)]
    [InlineData("p256-pbes2-aes128-sha512.pem", TestKeys.Password, "EC P-256", false)]
    [InlineData("p256-pbes2-des3-sha1.pem", TestKeys.Password, "EC P-256", false)]
    [InlineData("rsa2048-pbes2-aes256.pem", TestKeys.Password, "RSA 2048", false)]
    [InlineData("p256-pbes2-unicode.pem", Unicode, "EC P-256", false)]
    [InlineData("p256-pbes2-empty-password.pem", "", "EC P-256", false)]
    [InlineData("p256-pbes1-sha1-3des.pem", TestKeys.Password, "EC P-256", false)]
    [InlineData("rsa2048-legacy-aes256.pem", TestKeys.Password, "RSA 2048", true)]
    [InlineData("rsa2048-legacy-aes192.pem", TestKeys.Password, "RSA 2048", true)]
    [InlineData("rsa2048-legacy-aes128.pem", TestKeys.Password, "RSA 2048", true)]
    [InlineData("rsa2048-legacy-des3.pem", TestKeys.Password, "RSA 2048", true)]
    [InlineData("p256-legacy-aes256.pem", TestKeys.Password, "EC P-256", true)]
    [InlineData("p256-legacy-unicode.pem", Unicode, "EC P-256", true)]
    public void Load_EncryptedKeyAndItsPassword_IsRead(string file, string password, string algorithm, bool isLegacy)
    {
        using var secret = new KeyPassword(password);
        using var key = KeyFile.Load(TestKeys.Path(file), secret);
        Assert.Equal(algorithm, key.Key.Algorithm);
        Assert.Equal(isLegacy, key.IsLegacyEncrypted);
    }

    [Theory]
    [InlineData("p256-pbes2-aes256.pem")]
    [InlineData("p256-pbes2-aes256.der")]
    [InlineData("p256-pbes2-des3-sha1.pem")]
    [InlineData("p256-pbes2-empty-password.pem")]
    [InlineData("p256-pbes1-sha1-3des.pem")]
    [InlineData("rsa2048-legacy-aes256.pem")]
    [InlineData("rsa2048-legacy-des3.pem")]
    [InlineData("p256-legacy-aes256.pem")]
    public void Load_WrongPassword_IsAnErrorThatDoesNotQuoteIt(string file)
    {
        const string wrong = "Tr0ub4dor&3";
        using var secret = new KeyPassword(wrong);
        var e = Expect.Failure(ErrorId.KeyPasswordWrong, () => KeyFile.Load(TestKeys.Path(file), secret));
        Assert.Contains(file, e.Message, StringComparison.Ordinal);
        Expect.NoSecret(wrong, e);
    }

    [Theory]
    [InlineData("p256-pbes2-aes256.pem")]
    [InlineData("p256-pbes2-aes256.der")]
    [InlineData("p256-pbes2-empty-password.pem")]
    [InlineData("p256-pbes1-sha1-3des.pem")]
    [InlineData("rsa2048-legacy-aes256.pem")]
    public void Load_EncryptedKeyWithoutPassword_RequiresIt(string file) =>
        Expect.Failure(ErrorId.KeyPasswordRequired, () => KeyFile.Load(TestKeys.Path(file)));

    [Fact]
    public void Load_UnsupportedEncryption_DoesNotRequireAPassword() =>
        Expect.Failure(ErrorId.KeyUnsupported, () => KeyFile.Load(TestKeys.Path("p256-scrypt.pem")));

    [Theory]
    [InlineData("p256-pbes2-aes256.pem")]
    [InlineData("rsa2048-legacy-aes256.pem")]
    public void Load_EmptyPassword_IsWrong(string file)
    {
        using var empty = new KeyPassword(string.Empty);
        Expect.Failure(ErrorId.KeyPasswordWrong, () => KeyFile.Load(TestKeys.Path(file), empty));
    }

    [Fact]
    public void Load_PlainKeyWithPassword_IgnoresThePassword()
    {
        using var secret = new KeyPassword("superfluous");
        using var key = KeyFile.Load(TestKeys.Path("p256.pem"), secret);
        Assert.Equal("EC P-256", key.Key.Algorithm);
    }

    [Theory]
    [InlineData("ed25519.pem", "Ed25519")]
    [InlineData("ed448.pem", "Ed448")]
    [InlineData("x25519.pem", "X25519")]
    [InlineData("dsa2048.pem", "DSA")]
    [InlineData("dsa2048-traditional.pem", "DSA")]
    [InlineData("rsa-pss2048.pem", "RSASSA-PSS")]
    [InlineData("rsa1024.pem", "RSA 1024")]
    [InlineData("rsa8192.pem", "RSA 8192")]
    [InlineData("secp256k1.pem", "secp256k1")]
    [InlineData("brainpool256.pem", "brainpoolP256r1")]
    [InlineData("p224.pem", "EC on ")]
    [InlineData("openssh-ed25519.pem", "OPENSSH")]
    [InlineData("p256-scrypt.pem", "scrypt")]
    [InlineData("p256-pbes2-aria256.pem", "encryption")]
    [InlineData("p256-pbes2-camellia256.pem", "encryption")]
    [InlineData("p256-pbes1-sha1-rc4.pem", "encryption")]
    [InlineData("rsa2048-legacy-camellia256.pem", "CAMELLIA-256-CBC")]
    [InlineData("ed25519-pbes2-aes256.pem", "Ed25519")]
    public void Load_UnsupportedKey_NamesItsKind(string file, string what)
    {
        Wine.SkipCurve(file);
        using var secret = new KeyPassword(TestKeys.Password);
        var e = Expect.Failure(ErrorId.KeyUnsupported, () => KeyFile.Load(TestKeys.Path(file), secret));
        Assert.Contains(what, e.Message, StringComparison.Ordinal);
        Assert.Contains("P-256", e.Remedy, StringComparison.Ordinal);
        Expect.NoSecret(TestKeys.Password, e);
    }

    // In SEC 1 the public key is optional; without it the platforms differ, and a clear error is enough.
    [Theory]
    [InlineData("p256-sec1-without-public.pem")]
    [InlineData("p256-sec1-explicit-curve.pem")]
    [InlineData("p256-pbes1-md5-des.pem")]
    public void Load_RareForm_IsReadOrClearlyRefused(string file)
    {
        Wine.SkipCurve(file);
        if (file.Contains("-des", StringComparison.Ordinal))
            Wine.Skip("its bcrypt has no DES");
        using var secret = new KeyPassword(TestKeys.Password);
        try
        {
            using var key = KeyFile.Load(TestKeys.Path(file), secret);
            Assert.Equal("EC P-256", key.Key.Algorithm);
        }
        catch (RenewalException e)
        {
            Assert.Equal(ErrorId.KeyUnsupported, e.ErrorId);
        }
    }

    [Fact]
    public void Load_TwoKeys_IsRefused()
    {
        using var folder = new TestFolder();
        var path = folder.Write("two.key", TestKeys.Text("p256.pem") + TestKeys.Text("p384.pem"));
        var e = Expect.Failure(ErrorId.KeyInvalid, () => KeyFile.Load(path));
        Assert.Contains("several private keys", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_KeyBetweenCertificates_IsFound()
    {
        using var folder = new TestFolder();
        var pair = TestAuthority.Default.Issue();
        var path = folder.Write("both.pem", pair.CertificatePem + pair.KeyPem + TestAuthority.Default.Intermediate.ExportCertificatePem());
        using var key = KeyFile.Load(path);
        Assert.True(PairMatch.Matches(pair.Leaf, key.Key));
    }

    [Fact]
    public void Load_TruncatedCiphertext_IsDamagedAndNotAWrongPassword()
    {
        using var folder = new TestFolder();
        // Without the last Base64 quantum it is not a whole number of cipher blocks, whatever the password is.
        var lines = TestKeys.Text("rsa2048-legacy-aes256.pem").Split('\n').ToList();
        lines[^3] = lines[^3][..^4];
        var path = folder.Write("cut.key", string.Join('\n', lines));
        using var secret = new KeyPassword(TestKeys.Password);
        Expect.NoSecret(TestKeys.Password, Expect.Failure(ErrorId.KeyInvalid, () => KeyFile.Load(path, secret)));
    }

    [Fact]
    public void Load_PublicKeyNextToTheKey_IsNotASecondKey()
    {
        using var folder = new TestFolder();
        using var key = KeyFile.Load(folder.Write("p.key", TestKeys.Text("p256-public.pem") + TestKeys.Text("p256.pem")));
        Assert.Equal("EC P-256", key.Key.Algorithm);
    }

    [Fact]
    public void Load_TooManyIterations_IsAnError()
    {
        using var folder = new TestFolder();
        // Two thousand million iterations instead of OpenSSL's 2048.
        var der = TestKeys.Bytes("p256-pbes2-aes256.der");
        var path = folder.Write("slow.key", EncryptedKeys.WithIterations(der, int.MaxValue));
        using var secret = new KeyPassword(TestKeys.Password);
        OwnThread.Run(() => Expect.Failure(ErrorId.KeyUnsupported, () => KeyFile.Load(path, secret)), TimeSpan.FromSeconds(10));
    }
}
