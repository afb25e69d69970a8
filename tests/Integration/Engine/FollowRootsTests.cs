using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Trust;
using StepCaRenew.DevCa.Faults;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Registration;

namespace StepCaRenew.Integration.Engine;

/// <summary>A registered renewal that follows a CA to its new root.</summary>
public sealed class FollowRootsTests : EngineTest
{
    [Fact]
    public async Task NewRoot_IsTrusted_AndTheRootFileStays()
    {
        await using var ca = await DevTestCa.StartAsync(new());
        await using var next = await DevTestCa.StartAsync(new());
        using var scene = await SceneAsync(ca, followRoots: true);
        var before = await File.ReadAllBytesAsync(ca.RootPath);
        var pair = await IssueAsync(ca);
        Serve(ca, ca.Server.RootCertificate, next.Server.RootCertificate, pair.Leaf, pair.Intermediate);
        Assert.Null((await scene.RunAsync(Clock, Log)).Error);

        var copy = Path.Combine(scene.Home, "state", "web", "roots.pem");
        Assert.Equal([next.Fingerprint], RootFollower.ReadFingerprints(copy));
        Assert.Equal(before, await File.ReadAllBytesAsync(ca.RootPath));
        Assert.Contains(next.Fingerprint, Assert.Single(Log.Events, one => one.Id == Event.RootsFollowed).Message, StringComparison.Ordinal);
        Assert.NotNull(scene.State.RootsAsked);

        // The next certificate of the CA is trusted with the copy, and only with it.
        var settings = new CaSettings(next.Url, ca.RootPath, ca.Fingerprint);
        Assert.Equal("ok", await HealthAsync(settings with { FollowedRootsPath = copy }));
        await Expect.FailureAsync(ErrorId.CaUntrusted, () => HealthAsync(settings));
    }

    [Fact]
    public async Task WithoutTheSwitch_TheCaIsNotAsked()
    {
        await using var ca = await DevTestCa.StartAsync(new());
        using var scene = await SceneAsync(ca, followRoots: false);
        Assert.Null((await scene.RunAsync(Clock, Log)).Error);
        Assert.Equal(0, ca.RequestCount("/roots"));
        Assert.Null(scene.State.RootsAsked);
    }

    [Fact]
    public async Task Roots_AreAtMostFive()
    {
        await using var ca = await DevTestCa.StartAsync(new());
        using var scene = await SceneAsync(ca, followRoots: true);
        var copy = Path.Combine(scene.Home, "state", "web", "roots.pem");
        var all = Enumerable.Range(0, 7).Select(number => new TestAuthority($"Root {number}").Root).ToArray();
        Serve(ca, all);
        Assert.Null((await scene.RunAsync(Clock, Log)).Error);
        Assert.Equal(all.Take(5).Select(RootFingerprint.Compute), RootFollower.ReadFingerprints(copy));
        Serve(ca, all[5..]);
        Assert.Null((await scene.RunAsync(Clock, Log)).Error);
        Assert.Equal(5, RootFollower.ReadFingerprints(copy).Count);
    }

    [Fact]
    public async Task Failure_IsLogged_AndDoesNotFailTheRun()
    {
        await using var ca = await DevTestCa.StartAsync(new());
        using var scene = await SceneAsync(ca, followRoots: true);
        ca.Server.Faults.Add("/roots", new ProxyHtmlFault(502));
        var outcome = await scene.RunAsync(Clock, Log);
        Assert.Equal((RenewalStatus.Renewed, null), (outcome.Result?.Status, outcome.Error));
        Assert.Single(Log.Events, one => one.Id == Event.RootsNotFollowed);
        Assert.False(File.Exists(Path.Combine(scene.Home, "state", "web", "roots.pem")));
    }

    [Theory]
    [InlineData("expired")]
    [InlineData("signed by another key")]
    [InlineData("with a weak key")]
    [InlineData("without authority")]
    public async Task RootThatIsNotValid_IsNotAdded(string kind)
    {
        await using var ca = await DevTestCa.StartAsync(new());
        using var scene = await SceneAsync(ca, followRoots: true);
        var good = TestAuthority.Default.Root;
        Serve(ca, BadRoot(kind), good);
        Assert.Null((await scene.RunAsync(Clock, Log)).Error);
        Assert.Equal([RootFingerprint.Compute(good)], RootFollower.ReadFingerprints(Path.Combine(scene.Home, "state", "web", "roots.pem")));
    }

    [Fact]
    public async Task ServerWithAnotherRoot_IsNotFollowed()
    {
        await using var ca = await DevTestCa.StartAsync(new());
        await using var other = await DevTestCa.StartAsync(new());
        using var scene = await SceneAsync(ca, followRoots: true, rootPath: other.RootPath);
        Assert.Equal(ErrorId.CaUntrusted, (await scene.RunAsync(Clock, Log)).Error?.ErrorId);
        Assert.Single(Log.Events, one => one.Id == Event.RootsNotFollowed);
        Assert.Equal(0, ca.RequestCount("/roots"));
        Assert.False(File.Exists(Path.Combine(scene.Home, "state", "web", "roots.pem")));
    }

    [Fact]
    public async Task RenewalsOfOneCall_AskOnce_AndAllGetTheRoots()
    {
        await using var ca = await DevTestCa.StartAsync(new());
        await using var next = await DevTestCa.StartAsync(new());
        using var one = await SceneAsync(ca, followRoots: true);
        using var other = await SceneAsync(ca, followRoots: true, name: "mail");
        Serve(ca, ca.Server.RootCertificate, next.Server.RootCertificate);
        Assert.All(await RegisteredScene.RunDueAsync(Clock, Log, one, other), outcome => Assert.Null(outcome.Error));
        Assert.Equal(1, ca.RequestCount("/roots"));
        foreach (var (scene, name) in new[] { (one, "web"), (other, "mail") })
            Assert.Equal([next.Fingerprint], RootFollower.ReadFingerprints(Path.Combine(scene.Home, "state", name, "roots.pem")));
    }

    [Fact]
    public async Task RunsThatRenewNothing_AskOnceADay()
    {
        await using var ca = await DevTestCa.StartAsync(new());
        using var scene = await SceneAsync(ca, followRoots: true, lifetime: TimeSpan.FromDays(20));
        var clock = new TestClock();
        foreach (var (hours, asked) in new[] { (0, 1), (23, 1), (25, 2), (26, 2) })
        {
            clock.Offset = TimeSpan.FromHours(hours);
            Assert.Equal(RenewalStatus.NotDue, Assert.Single(await RegisteredScene.RunDueAsync(clock, Log, scene)).Result?.Status);
            Assert.Equal(asked, ca.RequestCount("/roots"));
        }
    }

    [LinuxFact]
    public void Link_InThePlaceOfTheCopy_IsNotRead()
    {
        var target = Path.Combine(Folder, "target");
        File.WriteAllText(target, TestAuthority.Default.Root.ExportCertificatePem());
        Assert.Single(RootFollower.ReadFingerprints(target));
        File.CreateSymbolicLink(Path.Combine(Folder, "roots.pem"), target);
        Assert.Empty(RootFollower.ReadFingerprints(Path.Combine(Folder, "roots.pem")));
    }

    private async Task<RegisteredScene> SceneAsync(DevTestCa ca, bool followRoots, string? rootPath = null, string name = "web", TimeSpan? lifetime = null)
    {
        var pair = await IssueAsync(ca, age: TimeSpan.FromHours(1), lifetime: lifetime);
        return new RegisteredScene(new RenewalDefinition
        {
            Name = name,
            CertificatePath = pair.CertificatePath,
            KeyPath = pair.KeyPath,
            Ca = new() { StepPath = ca.StepPath, RootPath = rootPath },
            FollowRoots = followRoots,
        });
    }

    private static X509Certificate2 BadRoot(string kind)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var weak = RSA.Create(1024);
        var name = new X500DistinguishedName($"CN={kind}");
        var isWeak = kind == "with a weak key";
        var request = isWeak ? new CertificateRequest(name, weak, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) : new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(kind != "without authority", false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        var signer = isWeak ? X509SignatureGenerator.CreateForRSA(weak, RSASignaturePadding.Pkcs1) : X509SignatureGenerator.CreateForECDsa(kind == "signed by another key" ? other : key);
        var now = DateTimeOffset.UtcNow;
        return request.Create(name, signer, now.AddDays(-9), now.AddDays(kind == "expired" ? -1 : 9), [1, 2, 3]);
    }

    private static void Serve(DevTestCa ca, params X509Certificate2[] roots) =>
        ca.Server.Faults.Add("/roots", new RawFault(201, "application/json", JsonSerializer.Serialize(new { crts = roots.Select(root => root.ExportCertificatePem()) })));

    private static async Task<string> HealthAsync(CaSettings settings)
    {
        using var roots = TrustedRoots.Load(settings);
        return await new StepCaRenew.Ca.CaClient(settings, roots, TimeProvider.System, _ => null).GetHealthAsync(default);
    }
}
