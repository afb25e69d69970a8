using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.DevCa;
using StepCaRenew.DevCa.Pki;
using StepCaRenew.Integration.Cas;

namespace StepCaRenew.Integration.Contract;

/// <summary>Older certificates after the CA gets a new intermediate.</summary>
public abstract class RotationContract(CaKind kind) : CaContract(kind)
{
    private Task<ITestCa> OwnCaAsync() => TestCas.StartAsync(Kind, new());

    private static int UnknownIssuer(ITestCa ca) => ca.Generation == Generation.V19 ? 42 : 48;

    private static async Task<CaAnswer> RenewAsync(ITestCa ca, IssuedPair pair, params IReadOnlyList<X509Certificate2> chain)
    {
        using var certificate = pair.LoadWithKey();
        return await CaAnswer.SendAsync(ca, HttpMethod.Post, "/renew", certificate: certificate, chain: chain);
    }

    [Fact]
    public async Task LeafOfTheOlderIntermediate_IsRefusedAlone_AndRenewedWithItsChain()
    {
        await using var ca = await OwnCaAsync();
        var old = await IssueAsync(ca);
        await ca.RotateIntermediateAsync();
        using (var certificate = old.LoadWithKey())
        {
            foreach (var protocol in new[] { SslProtocols.Tls12, SslProtocols.Tls13 })
                await TlsProbe.AssertRefusedAsync(ca, certificate, protocol, UnknownIssuer(ca));
        }
        var answer = await RenewAsync(ca, old, old.Intermediate);
        Assert.Equal(201, answer.Status);
        Assert.NotEqual(old.Intermediate, answer.Chain[1]);
        LeafAssert.IsRenewed(old.Leaf, answer.Chain[0], answer.Chain[1]);
    }

    [Fact]
    public async Task LeafOfTheOlderIntermediate_IsRenewedByToken_AndRekeyedWithItsChain()
    {
        await using var ca = await OwnCaAsync();
        var old = await IssueAsync(ca);
        await ca.RotateIntermediateAsync();
        Assert.Equal(201, (await PostAsync(ca, "/renew", bearer: RenewToken.Create(old))).Status);
        using var key = KeyPairs.Create("EC-P256");
        using var certificate = old.LoadWithKey();
        var rekeyed = await CaAnswer.SendAsync(ca, HttpMethod.Post, "/rekey",
            new { csr = KeyPairs.CreateSigningRequest(key, "ignored.local") }, certificate, chain: [old.Intermediate]);
        Assert.Equal(201, rekeyed.Status);
    }

    [Fact]
    public async Task LeafThatAnotherLeafHasSigned_IsRefused()
    {
        var ca = await CaAsync();
        var parent = await IssueAsync(ca);
        using var parentKey = parent.LoadKey();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = DateTimeOffset.UtcNow;
        var leaf = new LeafIssuer(parent.Leaf, (ECDsa)parentKey).Issue(
            new() { Name = "below.local", Sans = ["below.local"], NotBefore = now.AddMinutes(-5), NotAfter = now.AddHours(1) }, new PublicKey(key));
        using var certificate = leaf.CopyWithPrivateKey(key);
        await TlsProbe.AssertRefusedAsync(ca, certificate, SslProtocols.Tls13, UnknownIssuer(ca), [parent.Leaf, parent.Intermediate]);
    }

    [Fact]
    public async Task LeafOfTheNewIntermediate_IsAcceptedAlone()
    {
        await using var ca = await OwnCaAsync();
        await ca.RotateIntermediateAsync();
        Assert.Equal(201, (await RenewAsync(ca, await IssueAsync(ca))).Status);
    }

    [Fact]
    public async Task TwoIntermediates_AreBothInTheAnswer_AndBothNeededAfterTheNextRotation()
    {
        await using var ca = await OwnCaAsync();
        await ca.RotateIntermediateAsync(2);
        var old = await IssueAsync(ca);
        Assert.Equal(2, old.Intermediates.Count);
        Assert.Equal(old.Intermediates[1].SubjectName.RawData, old.Intermediates[0].IssuerName.RawData);
        Assert.Equal([.. old.Intermediates], (await RenewAsync(ca, old)).Chain[1..]);
        Assert.Equal(201, (await PostAsync(ca, "/renew", bearer: RenewToken.Create(old))).Status);

        await ca.RotateIntermediateAsync();
        using var certificate = old.LoadWithKey();
        await TlsProbe.AssertRefusedAsync(ca, certificate, SslProtocols.Tls13, UnknownIssuer(ca), [old.Intermediates[0]]);
        Assert.Equal(201, (await RenewAsync(ca, old, old.Intermediates)).Status);
    }

    [Fact]
    public async Task SecondRoot_IsServedWithTheFirst_AndBothAreTrusted()
    {
        await using var ca = await OwnCaAsync();
        var (old, fingerprint) = (await IssueAsync(ca), ca.Fingerprint);
        await ca.RotateIntermediateAsync(newRoot: true);
        Assert.Equal(fingerprint, ca.Fingerprint);
        var roots = (await GetAsync(ca, "/roots")).Json["crts"]!.AsArray().Select(root => (string)root!).ToList();
        Assert.Equal(2, roots.Count);
        Assert.Equal(await File.ReadAllTextAsync(ca.RootPath), string.Concat(roots));
        Assert.Equal(string.Concat(roots), (await GetAsync(ca, "/roots.pem")).Text);

        Assert.Equal(201, (await RenewAsync(ca, old, old.Intermediate)).Status);
        var renewed = await IssueAsync(ca);
        Assert.Equal(X509Certificate2.CreateFromPem(roots[1]).SubjectName.RawData, renewed.Intermediate.IssuerName.RawData);
        Assert.Equal(201, (await RenewAsync(ca, renewed)).Status);
        Assert.Equal(201, (await PostAsync(ca, "/renew", bearer: RenewToken.Create(old))).Status);
    }
}
