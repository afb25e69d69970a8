using StepCaRenew.Ca.Signing;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Crash;
using StepCaRenew.Stores;

namespace StepCaRenew.Integration.Issuance;

/// <summary>First certificates in files: what is replaced, what stays, and that the token is not used up for nothing.</summary>
public sealed class RequestTests
{
    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task FirstPair_HasDefaultRights_AndItsOwnKey(CaKind kind)
    {
        using var scene = new RequestScene(await TestCas.GetAsync(kind));
        Assert.True(await scene.RunAsync(scene.Request(await scene.TokenAsync("web.local", "web.local", "10.0.0.1"))));
        using var leaf = scene.AssertWhole();
        Assert.Equal("web.local, 10.0.0.1", SubjectAlternativeNames.FromCertificate(leaf).ToString());
        Assert.Equal(1, scene.Log.Count(Engine.Event.Issued));
        if (OperatingSystem.IsWindows())
            return;
        Assert.Equal("644", Tool.Run("stat", "-c", "%a", scene.CertificatePath).Trim());
        Assert.Equal("600", Tool.Run("stat", "-c", "%a", scene.KeyPath).Trim());
    }

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task ByPassword_WithAnEncryptedKey(CaKind kind)
    {
        Fixtures.Wine.Skip("its ncrypt encrypts no EC keys");
        using var scene = new RequestScene(await TestCas.GetAsync(kind));
        using var provisioner = new KeyPassword("test-password");
        using var password = new KeyPassword("of the key");
        var location = new PairLocation(scene.CertificatePath, scene.At("other.key")) { KeyPassword = password };
        Assert.True(await scene.RunAsync(scene.Request(new Credential.Provisioner("admin", provisioner), location)));
        using var leaf = scene.AssertWhole(scene.At("other.key"), password);
        Assert.Contains("ENCRYPTED PRIVATE KEY", File.ReadAllText(scene.At("other.key")), StringComparison.Ordinal);
    }

    // The same token serves the request that replaces the pair.
    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task PairInPlace_StaysWithoutForce_AndTheTokenIsNotUsedUp(CaKind kind)
    {
        using var scene = new RequestScene(await TestCas.GetAsync(kind));
        var old = await scene.PlaceAsync();
        var request = scene.Request(await scene.TokenAsync());
        var error = await scene.FailsAsync(ErrorId.PairExists, request);
        Assert.Contains("matches its key", error.Message, StringComparison.Ordinal);
        Assert.Contains("Invoke-StepRenewal", error.Remedy, StringComparison.Ordinal);
        Assert.Contains("-Force", error.Remedy, StringComparison.Ordinal);
        await scene.FailsAsync(ErrorId.PairExists, request with { UseExistingKey = true });

        var key = File.ReadAllBytes(scene.KeyPath);
        Assert.True(await scene.RunAsync(request with { Force = true }));
        using var leaf = scene.AssertWhole();
        Assert.NotEqual(old.Leaf.SerialNumber, leaf.SerialNumber);
        Assert.NotEqual(key, File.ReadAllBytes(scene.KeyPath));
    }

    // An administrator makes them in advance, for a service that reads the key.
    [Fact]
    public async Task EmptyFiles_AreFilled_AndKeepTheirOwnerAndMode()
    {
        Tool.RequireLinux();
        Tool.RequireRoot();
        using var scene = new RequestScene(await TestCas.GetAsync(CaKind.DevCa));
        foreach (var (path, mode) in new[] { (scene.CertificatePath, "664"), (scene.KeyPath, "640") })
        {
            File.WriteAllBytes(path, []);
            Tool.Run("chmod", mode, path);
            Tool.Run("chown", "root:daemon", path);
        }

        Assert.True(await scene.RunAsync(scene.Request(await scene.TokenAsync())));
        scene.AssertWhole().Dispose();
        Assert.Equal("664 root:daemon", Tool.Run("stat", "-c", "%a %U:%G", scene.CertificatePath).Trim());
        Assert.Equal("640 root:daemon", Tool.Run("stat", "-c", "%a %U:%G", scene.KeyPath).Trim());
    }

    [Fact]
    public async Task UseExistingKey_FillsAnEmptyCertificate()
    {
        using var scene = new RequestScene(await TestCas.GetAsync(CaKind.DevCa));
        await scene.PlaceAsync();
        File.WriteAllBytes(scene.CertificatePath, []);
        scene.Age();
        var key = File.ReadAllBytes(scene.KeyPath);
        Assert.True(await scene.RunAsync(scene.Request(await scene.TokenAsync()) with { UseExistingKey = true }));
        scene.AssertWhole().Dispose();
        Assert.Equal(key, File.ReadAllBytes(scene.KeyPath));
    }

    [Theory]
    [InlineData("web.crt")]
    [InlineData("web.key")]
    public async Task HalfAPair_StaysWithoutForce(string name)
    {
        using var scene = new RequestScene(await TestCas.GetAsync(CaKind.DevCa));
        await scene.PlaceAsync();
        File.Delete(name == "web.crt" ? scene.KeyPath : scene.CertificatePath);
        await scene.FailsAsync(ErrorId.PairExists, scene.Request(await scene.TokenAsync()));
    }

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task UseExistingKey_ReplacesACertificateThatDoesNotMatch_AndKeepsTheKey(CaKind kind)
    {
        using var scene = new RequestScene(await TestCas.GetAsync(kind));
        await scene.PlaceAsync();
        await scene.PlaceAsync("other.crt");
        var key = File.ReadAllText(scene.KeyPath) + "# a line of the administrator\n";
        File.WriteAllText(scene.KeyPath, key);
        scene.Age();
        Assert.True(await scene.RunAsync(scene.Request(await scene.TokenAsync()) with { UseExistingKey = true }));
        File.Delete(scene.At("other.crt"));
        scene.AssertWhole().Dispose();
        Assert.Equal(key, File.ReadAllText(scene.KeyPath));
    }

    [Fact]
    public async Task UseExistingKey_WithoutACertificate_KeepsTheKeyAndItsMode()
    {
        using var scene = new RequestScene(await TestCas.GetAsync(CaKind.DevCa));
        await scene.PlaceAsync();
        File.Delete(scene.CertificatePath);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(scene.KeyPath, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        var key = File.ReadAllBytes(scene.KeyPath);
        Assert.True(await scene.RunAsync(scene.Request(await scene.TokenAsync()) with { UseExistingKey = true }));
        scene.AssertWhole().Dispose();
        Assert.Equal(key, File.ReadAllBytes(scene.KeyPath));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.GroupRead, File.GetUnixFileMode(scene.KeyPath));
    }

    [Fact]
    public async Task UseExistingKey_WithoutAKey_IsAnError()
    {
        using var scene = new RequestScene(await TestCas.GetAsync(CaKind.DevCa));
        var error = await scene.FailsAsync(ErrorId.KeyNotFound, scene.Request(await scene.TokenAsync()) with { UseExistingKey = true });
        Assert.Contains("web.key", error.Message, StringComparison.Ordinal);
    }

    // Certificate and key in one file, which another program has mixed.
    [Fact]
    public async Task UseExistingKey_InOneFile_KeepsTheBlockOfTheKey()
    {
        using var scene = new RequestScene(await TestCas.GetAsync(CaKind.DevCa));
        await scene.PlaceAsync("one.crt", "one.key");
        await scene.PlaceAsync("two.crt", "two.key");
        var key = File.ReadAllText(scene.At("two.key")).Trim();
        File.WriteAllText(scene.At("web.pem"), File.ReadAllText(scene.At("one.crt")) + key + "\n");
        foreach (var name in new[] { "one.crt", "one.key", "two.crt", "two.key" })
            File.Delete(scene.At(name));
        scene.Age();
        Assert.True(await scene.RunAsync(scene.Request(await scene.TokenAsync(), new PairLocation(scene.At("web.pem"), null)) with { UseExistingKey = true }));
        scene.AssertWhole(certificateName: "web.pem").Dispose();
        Assert.Contains(key, File.ReadAllText(scene.At("web.pem")), StringComparison.Ordinal);
        Assert.Equal(["web.pem"], scene.Contents().Select(line => line.Split(' ')[0]));
    }

    [Fact]
    public async Task FileThatIsNotACertificate_StaysWithoutForce()
    {
        using var scene = new RequestScene(await TestCas.GetAsync(CaKind.DevCa));
        await scene.PlaceAsync();
        File.WriteAllText(scene.CertificatePath, "a list of hosts\n");
        scene.Age();
        var error = await scene.FailsAsync(ErrorId.PairExists, scene.Request(await scene.TokenAsync()) with { UseExistingKey = true });
        Assert.Contains("keep the key, add -Force", error.Remedy, StringComparison.Ordinal);
        Assert.True(await scene.RunAsync(scene.Request(await scene.TokenAsync()) with { UseExistingKey = true, Force = true }));
        scene.AssertWhole().Dispose();
    }

    // Everything that is checked on this host is checked before the CA uses up the token.
    [Theory]
    [InlineData("no folder", ErrorId.FileNotFound)]
    [InlineData("folder in the place", ErrorId.PathIsFolder)]
    [InlineData("other names", ErrorId.TokenNamesDiffer)]
    [InlineData("shared key", ErrorId.KeyShared)]
    [InlineData("weak key", ErrorId.KeyUnsupported)]
    [InlineData("not approved", null)]
    public async Task FailureOnThisHost_DoesNotUseUpTheToken(string obstacle, string? id)
    {
        var ca = await TestCas.GetAsync(CaKind.DevCa);
        using var scene = new RequestScene(ca);
        var request = scene.Request(await scene.TokenAsync());
        var bad = request;
        switch (obstacle)
        {
            case "no folder":
                bad = request with { Location = request.Location with { CertificatePath = scene.At("none/web.crt") } };
                break;
            case "folder in the place":
                Directory.CreateDirectory(scene.CertificatePath);
                break;
            case "other names":
                bad = request with { Wanted = SigningRequest.Create("other.local", [], null, null, null, TimeProvider.System) };
                break;
            case "shared key":
                await scene.PlaceAsync();
                File.Copy(scene.CertificatePath, scene.At("second.crt"));
                bad = request with { Force = true, Location = request.Location with { KeyPath = scene.KeyPath }, FindOthers = () => [new PairLocation(scene.At("second.crt"), scene.KeyPath)] };
                break;
            case "weak key":
                using (var weak = System.Security.Cryptography.RSA.Create(1024))
                    File.WriteAllText(scene.KeyPath, weak.ExportPkcs8PrivateKeyPem());
                bad = request with { UseExistingKey = true };
                break;
            default:
                bad = request with { ApproveAsync = (_, _) => Task.FromResult(false) };
                break;
        }

        if (id is null)
            Assert.False(await scene.RunAsync(bad));
        else
            AssertRemedy(await scene.FailsAsync(id, bad));
        using var place = new RequestScene(ca);
        Assert.True(await place.RunAsync(request with { Location = new PairLocation(place.CertificatePath, null) { MayBeNew = true } }));
        place.AssertWhole().Dispose();
    }

    // A request has parameters of its own.
    private static void AssertRemedy(RenewalException error)
    {
        Assert.DoesNotContain("-Rekey", error.Remedy, StringComparison.Ordinal);
        if (error.ErrorId == ErrorId.KeyShared)
            Assert.StartsWith("Request a certificate for this key (-UseExistingKey -Force), or give each a key of its own.", error.Remedy, StringComparison.Ordinal);
    }

    // Another program makes its pair right before any call of the file system.
    [Fact]
    public async Task PairThatAnotherProgramMakesMeanwhile_Stays()
    {
        var ca = await TestCas.GetAsync(CaKind.DevCa);
        using var theirs = new RequestScene(ca);
        await theirs.PlaceAsync();
        var (points, refused) = (0, 0);
        for (var isRaced = true; isRaced;)
        {
            isRaced = false;
            using var scene = new RequestScene(ca);
            var volume = new RacingVolume(++points, () =>
            {
                isRaced = true;
                // As a careful program: whole files, by rename.
                foreach (var name in new[] { "web.key", "web.crt" })
                {
                    File.Copy(theirs.At(name), scene.At(name + ".theirs"));
                    File.Move(scene.At(name + ".theirs"), scene.At(name), overwrite: true);
                }
            });
            scene.Volumes = _ => volume;
            try
            {
                await scene.RunAsync(scene.Request(await scene.TokenAsync()));
            }
            catch (RenewalException e)
            {
                Assert.Equal(ErrorId.PairExists, e.ErrorId);
                refused++;
            }

            if (isRaced)
                Assert.Equal(File.ReadAllBytes(theirs.CertificatePath), File.ReadAllBytes(scene.CertificatePath));
            scene.AssertWhole().Dispose();
        }

        Assert.InRange(points, 10, 1000);
        Assert.InRange(refused, 5, points);
    }
}
