using System.Security.Cryptography;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.DevCa.Faults;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Engine;

namespace StepCaRenew.Integration.Faults;

/// <summary>The CA, or what stands before it, misbehaves at a rekey: the old pair stays, and so does the old key.</summary>
public sealed class CaFaultTests : FaultTest, IAsyncLifetime
{
    private DevTestCa ca = null!;

    public static TheoryData<string, string> Expected { get; } = new()
    {
        { "status 400", ErrorId.CaBadRequest },
        { "status 401", ErrorId.RenewalRefused },
        { "status 403", ErrorId.CaForbidden },
        { "status 404", ErrorId.CaNotFound },
        { "status 429", ErrorId.CaBusy },
        { "status 500", ErrorId.CaFailed },
        { "status 502", ErrorId.CaFailed },
        { "status 503", ErrorId.CaFailed },
        { "status 504", ErrorId.CaFailed },
        { "page of a proxy", ErrorId.CaFailed },
        { "dropped before issuing", ErrorId.CaUnreachable },
        { "dropped after issuing", ErrorId.CaUnreachable },
        { "garbage", ErrorId.CaAnswerInvalid },
        { "{}", ErrorId.CaAnswerInvalid },
        { "10 MB", ErrorId.CaAnswerTooLarge },
        { "wrong key", ErrorId.AnswerWrongKey },
        { "foreign root", ErrorId.AnswerUntrusted },
        { "other names", ErrorId.AnswerWrongIdentity },
        { "other subject", ErrorId.AnswerWrongIdentity },
        { "shorter life", ErrorId.AnswerEndsEarlier },
        { "not yet valid", ErrorId.AnswerNotValidNow },
        { "leaf without its issuer", ErrorId.AnswerUntrusted },
        { "no clientAuth", ErrorId.AnswerWrongUsage },
        { "codeSigning only", ErrorId.AnswerWrongUsage },
        { "authority", ErrorId.AnswerWrongUsage },
        { "MD5", ErrorId.AnswerWeak },
        { "SHA-1", ErrorId.AnswerWeak },
        { "RSA-1024", ErrorId.AnswerWeak },
        { "slow loris", ErrorId.CaTimeout },
        { "never", ErrorId.CaTimeout },
    };

    public async ValueTask InitializeAsync() => ca = await DevTestCa.StartAsync(new());

    public ValueTask DisposeAsync() => ca.DisposeAsync();

    [Theory]
    [MemberData(nameof(Expected))]
    public async Task Answer_LeavesTheOldPair(string fault, string errorId)
    {
        if (errorId == ErrorId.CaTimeout)
            Clock = new TestClock(speed: 200);
        var pair = await IssueAsync(ca);
        ca.Server.Faults.Add("/rekey", Fault(fault));
        await IntactAsync(errorId, Request(ca, pair) with { Rekey = true });
        Assert.Equal(0, ca.Server.Faults.Pending);
        Clock = TimeProvider.System;
        await RekeyedAsync(Request(ca, pair));
    }

    // By /renew, where the old key stays: at a rekey its key alone would tell.
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task TheVerySameCertificateAgain_IsNotNew_AndNoActionFollows(int times)
    {
        var pair = await IssueAsync(ca);
        ca.Server.Faults.Add("/renew", new SameAgainFault(), times);
        for (var run = 0; run < times; run++)
            await IntactAsync(ErrorId.AnswerNotNew, Request(ca, pair));
        Assert.Equal(0, ca.Server.Faults.Pending);
        Assert.Equal(RenewalStatus.Renewed, (await RunAsync(Request(ca, pair))).Result.Status);
    }

    // With them in the file, the next run could not tell which leaf is meant (CertificateAmbiguous).
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task UnrelatedCertificatesInTheChain_AreLeftOut_AndTheNextRunRenews(bool rekey)
    {
        var pair = await IssueAsync(ca);
        var request = Request(ca, pair) with { Rekey = rekey };
        ca.Server.Faults.Add(rekey ? "/rekey" : "/renew", new StrangerInChainFault());
        await RenewedAsync(request);
        Assert.Equal(0, ca.Server.Faults.Pending);
        Assert.Equal(2, LoadPem(pair.CertificatePath).Count);
        Assert.DoesNotContain(LoadPem(pair.CertificatePath), certificate => certificate.Issuer.Contains("Stranger", StringComparison.Ordinal));
        await RenewedAsync(request);
        Assert.Equal(2, LoadPem(pair.CertificatePath).Count);
    }

    [Fact]
    public async Task IntermediateThatEndsBeforeTheCertificate_IsAWarning()
    {
        var pair = await IssueAsync(ca);
        await RenewedAsync(Request(ca, pair));
        Assert.Equal(0, Log.Count(Event.IssuerEndsEarlier));
        ca.Server.Faults.Add("/renew", IssuerFault.EndsSoon);
        await RenewedAsync(Request(ca, pair));
        Assert.Equal(1, Log.Count(Event.IssuerEndsEarlier));
        Assert.Contains("Odd CA", Log.Events.Single(one => one.Id == Event.IssuerEndsEarlier).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnswerCutAtEveryKilobyte_LeavesTheOldPair()
    {
        var pair = await IssueAsync(ca);
        var cuts = 0;
        for (var at = 0; ; at += 1024, cuts++)
        {
            Assert.InRange(at, 0, 64 * 1024);
            ca.Server.Faults.Add("/rekey", new CutFault(at));
            var before = Everything(Request(ca, pair));
            var (_, error) = await RunAsync(Request(ca, pair) with { Rekey = true });
            // Behind the last byte there is nothing to be cut off.
            if (error is null)
                break;
            Assert.Equal(ErrorId.CaUnreachable, error.ErrorId);
            Assert.Equal(before, Everything(Request(ca, pair)));
        }

        Assert.InRange(cuts, 2, 64);
    }

    [Theory]
    [InlineData("refused", ErrorId.CaUnreachable)]
    [InlineData("no TLS", ErrorId.TlsFailed)]
    [InlineData("silent", ErrorId.CaTimeout)]
    public async Task Connection_LeavesTheOldPair(string fault, string errorId)
    {
        if (errorId == ErrorId.CaTimeout)
            Clock = new TestClock(speed: 200);
        var pair = await IssueAsync(ca);
        ca.Server.Faults.Add(
            fault switch { "refused" => new RefuseFault(), "no TLS" => new NotTlsFault(), _ => new SilentFault(TimeSpan.FromMinutes(1)) }, times: 2);
        await IntactAsync(errorId, Request(ca, pair) with { Rekey = true });
    }

    [Fact]
    public async Task NobodyListens_LeavesTheOldPair()
    {
        var pair = await IssueAsync(ca);
        using var port = new RefusingPort();
        var nobody = new CaOptionsAt(ca).At(port.Number);
        await IntactAsync(ErrorId.CaUnreachable, Request(ca, pair) with { Rekey = true, Ca = nobody });
    }

    [Fact]
    public async Task WeAreAnHourBehind_LeavesTheOldPair()
    {
        var pair = await IssueAsync(ca);
        Clock = new TestClock(TimeSpan.FromHours(-1));
        await IntactAsync(ErrorId.CaUntrusted, Request(ca, pair) with { Rekey = true });
    }

    [Fact]
    public async Task ClockAnHourFast_IsRekeyed()
    {
        var pair = await IssueAsync(ca);
        Clock = new TestClock(TimeSpan.FromHours(1));
        await RekeyedAsync(Request(ca, pair));
    }

    [Fact]
    public async Task OtherKey_IsMadeEachTime_AndTheOldOneIsGone()
    {
        var pair = await IssueAsync(ca);
        var keys = new HashSet<string>();
        for (var i = 0; i < 3; i++)
        {
            await RekeyedAsync(Request(ca, pair));
            Assert.True(keys.Add(Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(pair.KeyPath)))));
        }
    }

    private static RequestFault Fault(string name) => name switch
    {
        "page of a proxy" => new ProxyHtmlFault(502),
        "dropped before issuing" => new DropFault(AfterIssuing: false),
        "dropped after issuing" => new DropFault(),
        "garbage" => RawFault.Garbage,
        "{}" => RawFault.EmptyObject,
        "10 MB" => RawFault.Huge,
        "wrong key" => new WrongKeyFault(),
        "foreign root" => new ForeignRootFault(),
        "other names" => DifferentIdentityFault.Sans,
        "other subject" => DifferentIdentityFault.Subject,
        "shorter life" => ValidityFault.ShorterLife,
        "not yet valid" => ValidityFault.NotYetValid,
        "leaf without its issuer" => ChainFault.LeafOnly,
        "no clientAuth" => UsageFault.NoClientAuth,
        "codeSigning only" => UsageFault.CodeSigningOnly,
        "authority" => UsageFault.Authority,
        "MD5" => IssuerFault.Md5,
        "SHA-1" => IssuerFault.Sha1,
        "RSA-1024" => IssuerFault.Rsa1024,
        "slow loris" => new SlowLorisFault(TimeSpan.FromMilliseconds(20)),
        "never" => new DelayFault(TimeSpan.FromMinutes(10)),
        _ => new StatusFault(int.Parse(name["status ".Length..], System.Globalization.CultureInfo.InvariantCulture)),
    };

    private sealed record CaOptionsAt(ITestCa Ca)
    {
        public CaOptions At(int port) => new() { StepPath = Ca.StepPath, CaUrl = $"https://127.0.0.1:{port}" };
    }
}
