using Microsoft.Extensions.Logging.Abstractions;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.FollowUps.Publications;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Renewal;

namespace StepCaRenew.Integration.Issuance;

/// <summary>Other forms of a first certificate, and of one that is requested again.</summary>
public sealed class RequestPublicationTests
{
    // The root was downloaded for this request, and is in no file.
    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task TokenAlone_PublishesTheRootThatItBrought(CaKind kind)
    {
        var ca = await TestCas.GetAsync(kind);
        using var scene = new RequestScene(ca);
        Directory.CreateDirectory(scene.At("step"));
        PemPublication bundle = new(PemForm.Bundle, scene.At("web.pem")), root = new(PemForm.Root, scene.At("root.pem"));
        var outcome = await scene.RequestAsync(scene.Request(await scene.TokenAsync()) with { Publications = [bundle, root], Issuer = new() { Ca = new() { StepPath = scene.At("step") } } });
        Assert.True(outcome.IsIssued);
        Assert.Empty(outcome.PublicationErrors);
        Assert.Equal(File.ReadAllText(scene.CertificatePath) + File.ReadAllText(scene.KeyPath), File.ReadAllText(bundle.Path));
        Assert.Contains(File.ReadAllText(root.Path).Trim().ReplaceLineEndings("\n"), File.ReadAllText(Path.Combine(ca.StepPath, "certs", "root_ca.crt")).ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failure_LeavesTheCertificate_AndTheNextRenewalPublishesWithoutRenewing()
    {
        var ca = await TestCas.GetAsync(CaKind.DevCa);
        using var scene = new RequestScene(ca);
        var folder = Directory.CreateDirectory(scene.At("out")).FullName;
        var bundle = new PemPublication(PemForm.Bundle, Path.Combine(folder, "web.pem"));
        var outcome = await scene.RequestAsync(scene.Request(await scene.TokenAsync()) with
        {
            Publications = [bundle],
            ApproveAsync = (_, _) =>
            {
                Directory.Delete(folder);
                return Task.FromResult(true);
            },
        });
        Assert.True(outcome.IsIssued);
        var error = Assert.Single(outcome.PublicationErrors);
        Assert.Equal(ErrorId.PublicationFailed, error.ErrorId);
        Assert.StartsWith($"web was issued, but its publication '{bundle.Path}' failed: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("Invoke-StepRenewal with the same -BundlePath", error.Remedy, StringComparison.Ordinal);
        scene.AssertWhole();

        Directory.CreateDirectory(folder);
        using var engine = new RenewalEngine(TimeProvider.System, () => 0.5, _ => null, NullLogger.Instance);
        var renewal = await engine.RenewAsync(new() { CertificatePath = scene.CertificatePath, Ca = new() { StepPath = ca.StepPath }, Publications = [bundle] }, default);
        Assert.Empty(await engine.FollowUpAsync([renewal], new ActionHost(), default));
        AssertResult.Is(renewal.Result, RenewalStatus.NotDue, changed: true, actionsPending: false, attempts: 0, errorId: null);
        Assert.Equal(File.ReadAllText(scene.CertificatePath) + File.ReadAllText(scene.KeyPath), File.ReadAllText(bundle.Path));
    }

    [Fact]
    public async Task PublicationThatCannotBe_IsRefusedBeforeTheTokenIsUsed()
    {
        var ca = await TestCas.GetAsync(CaKind.DevCa);
        using var scene = new RequestScene(ca);
        var token = await scene.TokenAsync();
        foreach (var bad in new[] { new PemPublication(PemForm.Key, scene.KeyPath), new(PemForm.Leaf, scene.CertificatePath), new(PemForm.Key, scene.At("k.pem")) { Format = KeyFormat.Pkcs1 }, new(PemForm.Leaf, scene.At("none/leaf.pem")) })
            await scene.FailsAsync(ErrorId.PublicationInvalid, scene.Request(token) with { Publications = [bad] });
        Assert.True(await scene.RunAsync(scene.Request(token)));
    }

    // The file with the certificate alone has the old key's certificate; it gets the new one.
    [Fact]
    public async Task Force_WithAFormNextToThePair_ReplacesBoth()
    {
        var ca = await TestCas.GetAsync(CaKind.DevCa);
        using var scene = new RequestScene(ca);
        var leaf = new PemPublication(PemForm.Leaf, scene.At("leaf.pem"));
        Assert.True(await scene.RunAsync(scene.Request(await scene.TokenAsync()) with { Publications = [leaf] }));
        var old = File.ReadAllText(leaf.Path);
        await scene.FailsAsync(ErrorId.KeyShared, scene.Request(await scene.TokenAsync()) with { Force = true });
        Assert.True(await scene.RunAsync(scene.Request(await scene.TokenAsync()) with { Force = true, Publications = [leaf] }));
        Assert.NotEqual(old, File.ReadAllText(leaf.Path));
        Assert.StartsWith(File.ReadAllText(leaf.Path), File.ReadAllText(scene.CertificatePath), StringComparison.Ordinal);
    }
}
