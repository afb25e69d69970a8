using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Certificates.Pfx;
using static StepCaRenew.Unit.Certificates.Pfx.PfxBuilder;

namespace StepCaRenew.Unit.Certificates.Pfx;

public sealed class PfxFileTests
{
    private static readonly TestAuthority Ca = TestAuthority.Default;
    private static readonly TestPair Web = Ca.Issue();
    private static readonly TestPair Mail = Ca.Issue(new LeafSpec { Subject = "CN=mail.example.com" });

    /// <summary>As Windows exports it: the key first, encrypted by itself, then the root, the issuer and the leaf, with names, ids and the provider.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Parse_AsWindowsExportsIt_FindsLeafKeyAndChainInOrder(bool isAes)
    {
        var form = isAes ? AesForm : TripleDesForm;
        using var pfx = Read(Build(
            Secret, form, isAes ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1,
            Key(Web.Key, Secret, form, KeyId(1, 0, 0, 0), Name("{0F3A-container}"), Provider("Microsoft Enhanced Cryptographic Provider v1.0")),
            Certificate(Ca.Root, Name("Root")) + Certificate(Ca.Intermediate) + Certificate(Web.Leaf, KeyId(1, 0, 0, 0), Name("web"))));
        AssertWeb(pfx, Ca.Intermediate, Ca.Root);
        Assert.Equal(("web", "{0F3A-container}"), (pfx.LeafBag.FriendlyName, pfx.KeyBag.FriendlyName));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(null, true)]
    [InlineData("", false)]
    [InlineData("", true)]
    public void Parse_EmptyOrMissingPassword_IsTried_WithAndWithoutOneGiven(string? password, bool isAes)
    {
        var form = isAes ? AesForm : TripleDesForm;
        foreach (var mac in new HashAlgorithmName?[] { HashAlgorithmName.SHA256, null })
        {
            var bytes = Build(password, form, mac, Certificate(Web.Leaf), Key(Web.Key, password, form));
            foreach (var given in new[] { null, "", "another" })
            {
                using var pfx = Read(bytes, given);
                AssertWeb(pfx);
                using var again = Read(PfxWriter.Write(pfx, Web.Keyed()), null);
                // Without a MAC, AES does not distinguish the two.
                if (mac is not null)
                    Assert.Equal(password is null, again.Content.Password.IsMissing);
            }
        }
    }

    [Theory]
    [InlineData("wrong", ErrorId.KeyPasswordWrong)]
    [InlineData("", ErrorId.KeyPasswordRequired)]
    [InlineData(null, ErrorId.KeyPasswordRequired)]
    public void Parse_WrongPassword_IsAnErrorOfItsOwn(string? password, string errorId)
    {
        foreach (var form in new[] { AesForm, TripleDesForm })
        {
            foreach (var mac in new HashAlgorithmName?[] { HashAlgorithmName.SHA1, null })
                Expect.Failure(errorId, () => Read(Build(Secret, form, mac, Certificate(Web.Leaf), Key(Web.Key, Secret, form)), password));
        }

        // The key has another password than the file.
        Expect.Failure(ErrorId.KeyPasswordWrong, () => Read(Build(Secret, AesForm, HashAlgorithmName.SHA256, Certificate(Web.Leaf), Key(Web.Key, "other", AesForm))));
    }

    [Fact]
    public void Parse_SeveralKeys_TakesTheOneOfACertificate()
    {
        using var pfx = Read(Build(Secret, AesForm, HashAlgorithmName.SHA256, Key(Mail.Key, Secret, AesForm), PlainKey(Web.Key), Certificate(Ca.Intermediate), Certificate(Web.Leaf)));
        AssertWeb(pfx, Ca.Intermediate);
        var several = Expect.Failure(ErrorId.CertificateAmbiguous, () => Read(Build(
            Secret, AesForm, HashAlgorithmName.SHA256, Key(Mail.Key, Secret, AesForm), Key(Web.Key, Secret, AesForm), Certificate(Web.Leaf), Certificate(Mail.Leaf))));
        Assert.Contains("CN=mail.example.com", several.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_OldAndNewCertificateOfOneKey_TheKeyIdDecides()
    {
        var old = Ca.Issue(new LeafSpec { Key = Web.Key });
        byte[] Make(byte oldId) => Build(Secret, AesForm, HashAlgorithmName.SHA256, Certificate(old.Leaf, KeyId(oldId)), Certificate(Web.Leaf, KeyId(2)), Key(Web.Key, Secret, AesForm, KeyId(2)));
        using var pfx = Read(Make(1));
        Assert.Equal(Web.Leaf, pfx.Leaf);
        Expect.Failure(ErrorId.CertificateAmbiguous, () => Read(Make(2)));
    }

    [Fact]
    public void Parse_WithoutAPair_SaysWhatIsMissing()
    {
        byte[] Make(params Action<System.Security.Cryptography.Pkcs.Pkcs12SafeContents>[] parts) => Build(Secret, AesForm, HashAlgorithmName.SHA256, parts);
        Expect.Failure(ErrorId.KeyNotFound, () => Read(Make(Certificate(Web.Leaf))));
        Expect.Failure(ErrorId.CertificateInvalid, () => Read(Make(Key(Web.Key, Secret, AesForm))));
        Expect.Failure(ErrorId.KeyMismatch, () => Read(Make(Certificate(Web.Leaf), Certificate(Mail.Leaf), Key(Ca.Issue().Key, Secret, AesForm))));
        using var mismatch = Read(Make(Certificate(Web.Leaf), Certificate(Ca.Intermediate), Key(Mail.Key, Secret, AesForm)));
        Assert.False(mismatch.Matches);
    }

    [LinuxTheory]
    [InlineData("-certpbe AES-256-CBC -keypbe AES-256-CBC -macalg sha256")]
    [InlineData("-certpbe AES-128-CBC -keypbe AES-192-CBC -macalg sha512 -iter 5000")]
    [InlineData("-certpbe PBE-SHA1-3DES -keypbe PBE-SHA1-3DES -macalg sha1")]
    [InlineData("-certpbe NONE -keypbe AES-256-CBC -nomac")]
    [InlineData("-certpbe AES-256-CBC -keypbe NONE -nomaciter")]
    public void Parse_AsOpenSslWritesIt_IsRead_AndKeepsItsFormInARenewal(string options)
    {
        using var folder = new TestFolder();
        var (certificate, key) = Web.WriteTo(folder, "web", Ca.Intermediate);
        Tool.Run("openssl", ["pkcs12", "-export", "-in", certificate, "-inkey", key, "-out", folder.At("web.pfx"), "-passout", $"pass:{Secret}", "-name", "web", .. options.Split(' ')]);
        using var pfx = Read(File.ReadAllBytes(folder.At("web.pfx")));
        AssertWeb(pfx, Ca.Intermediate);
        var next = Ca.Issue();
        var renewed = folder.Write("next.pfx", PfxWriter.Write(pfx, next.Keyed(Ca.Intermediate)));
        Assert.Equal(FormOf(folder.At("web.pfx")), FormOf(renewed));
    }

    [LinuxFact]
    public void Parse_AsKeytoolWritesIt_IsRead()
    {
        Tool.Require("keytool");
        using var folder = new TestFolder();
        Tool.Run("keytool", "-genkeypair", "-keyalg", "EC", "-storetype", "PKCS12", "-keystore", folder.At("web.p12"), "-storepass", Secret, "-dname", "CN=java", "-alias", "web");
        using var pfx = Read(File.ReadAllBytes(folder.At("web.p12")));
        Assert.Equal(("CN=java", "web", 10_000), (pfx.Leaf.Subject, pfx.KeyBag.FriendlyName, pfx.Content.Mac!.Iterations));
        Assert.True(pfx.Matches);
    }

    [Fact]
    public void Write_Renewed_KeepsNamesIdsAttributesOtherCertificatesAndForm()
    {
        var foreign = new TestAuthority("Other");
        var peer = foreign.Issue(new LeafSpec { Subject = "CN=peer" });
        var old = Build(
            Secret, TripleDesForm, HashAlgorithmName.SHA1,
            Key(Web.Key, Secret, TripleDesForm, KeyId([.. Web.Leaf.GetCertHash()]), Name("container"), Provider("CSP")),
            Certificate(peer.Leaf, Name("peer")) + Certificate(Ca.Root, Name("our root")) + Certificate(Web.Leaf, KeyId([.. Web.Leaf.GetCertHash()]), Name("web")) + Certificate(Ca.Intermediate, Name("issuer")));
        using var model = Read(old);
        var other = new TestAuthority();
        foreach (var authority in new[] { Ca, other })
        {
            var next = authority.Issue();
            using var pfx = Read(PfxWriter.Write(model, next.Keyed(authority.Intermediate)));
            Assert.Equal(next.Leaf, pfx.Leaf);
            Assert.True(pfx.Matches);
            // The root has the name that the new intermediate gives as its issuer, so that it stays.
            Assert.Contains(authority.Intermediate, pfx.Chain);
            Assert.Equal((TripleDesForm.IterationCount, HashAlgorithmName.SHA1), (pfx.Content.Mac!.Iterations, pfx.Content.Mac.Hash));
            Assert.Equal((PbeEncryptionAlgorithm.TripleDes3KeyPkcs12, TripleDesForm.IterationCount), (pfx.Content.Encryption!.EncryptionAlgorithm, pfx.KeyBag.Cipher!.Parameters.IterationCount));
            Assert.Equal(("web", "container"), (pfx.LeafBag.FriendlyName, pfx.KeyBag.FriendlyName));
            Assert.Equal("CSP", pfx.KeyBag.Find("1.3.6.1.4.1.311.17.1")!.Text);
            Assert.True(pfx.LeafBag.Find(PfxAttribute.LocalKeyIdOid)!.IsSame(PfxAttribute.ForLocalKeyId(next.Leaf)));
            Assert.True(pfx.KeyBag.Find(PfxAttribute.LocalKeyIdOid)!.IsSame(PfxAttribute.ForLocalKeyId(next.Leaf)));
            string?[] names = [.. pfx.Content.Bags.Where(bag => bag.Certificate is not null).Select(bag => bag.FriendlyName)];
            Assert.Equal(authority == Ca ? ["peer", "our root", "web", "issuer"] : ["peer", "our root", "web", null], names);
        }
    }

    [Fact]
    public void Load_PfxWithoutAKeyAndP7b_ShowsTheCertificates()
    {
        using var folder = new TestFolder();
        using var password = new KeyPassword(Secret);
        using (var file = CertificateFile.Load(folder.Write("trust.p12", Build(Secret, AesForm, HashAlgorithmName.SHA256, Certificate(Ca.Intermediate) + Certificate(Web.Leaf))), password))
            Assert.Equal((Web.Leaf, false), (file.Leaf, file.HoldsKey));
        Wine.Skip("its crypt32 exports a P7B file in another form");
        var p7b = new X509Certificate2Collection { Ca.Intermediate, Web.Leaf }.Export(X509ContentType.Pkcs7)!;
        foreach (var path in new[] { folder.Write("web.p7b", p7b), folder.Write("web.pem", PemEncoding.WriteString("PKCS7", p7b)) })
        {
            using var file = CertificateFile.Load(path);
            Assert.Equal((Web.Leaf, Ca.Intermediate), (file.Leaf, Assert.Single(file.Chain)));
        }
    }

    private static void AssertWeb(PfxFile pfx, params X509Certificate2[] chain)
    {
        Assert.Equal(Web.Leaf, pfx.Leaf);
        Assert.Equal(chain, pfx.Chain);
        Assert.True(pfx.Matches);
        Assert.Equal(Web.Key.ExportPkcs8PrivateKey(), pfx.Key.Handle.ExportPkcs8PrivateKey());
    }

    // The lines of openssl about encryptions, iterations and the MAC.
    private static string FormOf(string path)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("openssl", ["pkcs12", "-in", path, "-passin", $"pass:{Secret}", "-info", "-noout"]) { RedirectStandardError = true })!;
        var lines = process.StandardError.ReadToEnd().Split('\n').Where(line => !line.Contains("salt", StringComparison.Ordinal)).ToList();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return string.Join('\n', lines);
    }
}
