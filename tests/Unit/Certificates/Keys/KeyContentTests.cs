using System.Text;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FileSystem;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Certificates.Keys;

public sealed class KeyContentTests
{
    private const string Password = TestKeys.Password;
    private const string NoEncryptedEc = "its ncrypt does not export an EC key encrypted";

    private static readonly PrivateKey Rsa = KeyAlgorithms.Generate("RSA-2048");
    private static readonly PrivateKey Ec = KeyAlgorithms.Generate("EC-P256");

    [Theory]
    [InlineData("EC-P256", false, KeyFormat.Pkcs8)]
    [InlineData("RSA-2048", false, KeyFormat.Pkcs8)]
    [InlineData("EC-P384", true, KeyFormat.EncryptedPkcs8)]
    public void Render_NewFile_IsPkcs8_EncryptedIfThereIsAPassword(string algorithm, bool isEncrypted, KeyFormat format)
    {
        if (isEncrypted)
            Wine.Skip(NoEncryptedEc);
        using var key = KeyAlgorithms.Generate(algorithm);
        using var password = isEncrypted ? new KeyPassword(Password) : null;
        var content = KeyContent.Render(key, model: null, password);
        using var read = Read(content, password);
        Assert.Equal(format, read.Format);
        Assert.Equal(key.ExportSubjectPublicKeyInfo(), read.Key.ExportSubjectPublicKeyInfo());
        Assert.EndsWith("-----\n", Encoding.UTF8.GetString(content), StringComparison.Ordinal);
        Assert.DoesNotContain("\r", Encoding.UTF8.GetString(content), StringComparison.Ordinal);
    }

    // The kinds of TestData/Keys that step and OpenSSL write.
    public static TheoryData<string, bool> Models
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (var file in Directory.EnumerateFiles(TestKeys.Path("."), "*.pem").Select(Path.GetFileName).Order(StringComparer.Ordinal))
            {
                using var model = TryRead(file!);
                if (model is null)
                    continue;
                data.Add(file!, true);
                data.Add(file!, false);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Render_Model_KeepsItsFormatAndEncryption(string file, bool isSameAlgorithm)
    {
        using var model = TryRead(file)!;
        var key = model.Key.Algorithm.StartsWith("RSA", StringComparison.Ordinal) == isSameAlgorithm ? Rsa : Ec;
        if (key == Ec && model.Format == KeyFormat.EncryptedPkcs8)
            Wine.Skip(NoEncryptedEc);
        using var password = new KeyPassword(Password);
        using var read = Read(KeyContent.Render(key, model, password), password);
        Assert.Equal(key.ExportSubjectPublicKeyInfo(), read.Key.ExportSubjectPublicKeyInfo());
        Assert.Equal(model.IsLegacyEncrypted, read.IsLegacyEncrypted);
        Assert.Equal(model.Document.HasWindowsLineEnds, read.Document.HasWindowsLineEnds);
        Assert.Equal(isSameAlgorithm ? model.Format : Counterpart(model.Format), read.Format);
    }

    private static KeyFormat Counterpart(KeyFormat format) => format switch
    {
        KeyFormat.Pkcs1 => KeyFormat.Sec1,
        KeyFormat.Sec1 => KeyFormat.Pkcs1,
        _ => format,
    };

    private static KeyFile Read(byte[] content, KeyPassword? password) => KeyFile.Parse(new InputFile("web.key", content, default), password);

    private static KeyFile? TryRead(string file)
    {
        try
        {
            using var password = new KeyPassword(Password);
            return KeyFile.Load(TestKeys.Path(file), password);
        }
        catch (RenewalException)
        {
            return null;
        }
    }
}
