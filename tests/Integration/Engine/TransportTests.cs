using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.DevCa;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Renewal;

namespace StepCaRenew.Integration.Engine;

/// <summary>Which renewals of a call go by mTLS, and which by token over shared connections.</summary>
public sealed class TransportTests : TransportTest
{
    [Theory]
    [MemberData(nameof(TestCas.AllGenerations), MemberType = typeof(TestCas))]
    public async Task TheFirstEightOfACall_GoByTls_AndTheOthersByToken(CaKind kind)
    {
        await using var ca = await TestCas.StartAsync(kind, new());
        var pairs = await IssueManyAsync(ca, 40);
        var results = await RenewedAsync(ca, [.. pairs.Select(pair => Request(ca, pair))]);
        Assert.Equal(32, CountByToken(results));
        Assert.All(results, result => Assert.Equal((true, 1), (result.Transport is "Tls" or "Token", result.Attempts)));
        Assert.Equal(32, Log.Events.Count(one => one.Id == Event.AskingCa && one.Message.Contains(" by token;", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Eight_GoByTls()
    {
        await using var ca = await TestCas.StartAsync(CaKind.DevCa, new());
        var pairs = await IssueManyAsync(ca, 8);
        Assert.Equal(0, CountByToken(await RenewedAsync(ca, [.. pairs.Select(pair => Request(ca, pair))])));
    }

    [Fact]
    public async Task CertificatesThatAreNotDue_AreNotCounted()
    {
        await using var ca = await TestCas.StartAsync(CaKind.DevCa, new());
        var idle = await IssueManyAsync(ca, 20);
        var pairs = await IssueManyAsync(ca, 8);
        var outcomes = await CallAsync([.. idle.Select(pair => Request(ca, pair) with { Rule = Policy.RenewalRule.Default }), .. pairs.Select(pair => Request(ca, pair))]);
        Assert.Equal(20, outcomes.Count(outcome => outcome.Result is { Status: RenewalStatus.NotDue, Transport: null }));
        Assert.Equal(8, outcomes.Count(outcome => outcome.Result.Transport == "Tls"));
    }

    [Fact]
    public async Task TwoCas_AreCountedSeparately()
    {
        await using var one = await TestCas.StartAsync(CaKind.DevCa, new());
        await using var other = await TestCas.StartAsync(CaKind.DevCa, new());
        List<RenewalRequest> requests = [.. (await IssueManyAsync(one, 8)).Select(pair => Request(one, pair)), .. (await IssueManyAsync(other, 10)).Select(pair => Request(other, pair))];
        var outcomes = await CallAsync(requests, workers: 4);
        Assert.All(outcomes, outcome => Assert.Null(outcome.Error));
        Assert.Equal((0, 2), (CountByToken(outcomes.Take(8).Select(outcome => outcome.Result)), CountByToken(outcomes.Skip(8).Select(outcome => outcome.Result))));
    }

    // Each registered renewal has a copy of the root of its own.
    [Fact]
    public async Task TheSameRootInAnotherFile_IsTheSameCa()
    {
        await using var ca = await TestCas.StartAsync(CaKind.DevCa, new());
        var copy = Path.Combine(Folder, "copy.root");
        File.Copy(ca.RootPath, copy);
        var pairs = await IssueManyAsync(ca, 12);
        var results = await RenewedAsync(ca, [.. pairs.Select((pair, i) => Request(ca, pair) with { Ca = new() { CaUrl = ca.Url.OriginalString, RootPath = i % 2 == 0 ? copy : ca.RootPath } })]);
        Assert.Equal(4, CountByToken(results));
    }

    [Theory]
    [InlineData(nameof(Transport.Tls), 0)]
    [InlineData(nameof(Transport.Token), 20)]
    public async Task AnyTransport_CanBeChosenForAll(string transport, int byToken)
    {
        await using var ca = await TestCas.StartAsync(CaKind.StepCa, new());
        var pairs = await IssueManyAsync(ca, 20);
        var results = await RenewedAsync(ca, [.. pairs.Select(pair => Request(ca, pair)).Select(request => request with { Ca = request.Ca with { Transport = Enum.Parse<Transport>(transport) } })]);
        Assert.Equal(byToken, CountByToken(results));
    }

    // The CA would refuse their tokens, as the tests of RenewTokenContract show; not one is sent. DevCa's TLS, unlike step-ca's, refuses
    // a certificate without digitalSignature.
    [Theory]
    [InlineData(CaKind.DevCa, "short")]
    [InlineData(CaKind.StepCa, "short")]
    [InlineData(CaKind.StepCa, "no signature")]
    [InlineData(CaKind.DevCa, "no chain")]
    [InlineData(CaKind.StepCa, "no chain")]
    [InlineData(CaKind.DevCa, "damaged chain")]
    [InlineData(CaKind.StepCa, "damaged chain")]
    [InlineData(CaKind.DevCa, "rekey")]
    [InlineData(CaKind.StepCa, "rekey")]
    public async Task CertificateThatCannotBeRenewedByToken_GoesByTls_WithoutAnAttempt(CaKind kind, string reason)
    {
        await using var ca = await TestCas.StartAsync(kind, new() { Backdate = TimeSpan.Zero });
        var others = await IssueManyAsync(ca, 9);
        var pair = await ca.IssueAsync(new()
        {
            Name = "odd.local",
            Folder = Folder,
            Age = TimeSpan.FromSeconds(20),
            Lifetime = reason == "short" ? TimeSpan.FromSeconds(60) : null,
            DigitalSignature = reason != "no signature",
            // Without digitalSignature, .NET does not use an EC key for TLS.
            KeyAlgorithm = reason == "no signature" ? "RSA-2048" : "EC-P256",
        });
        if (reason == "no chain")
            File.WriteAllText(pair.CertificatePath, pair.Leaf.ExportCertificatePem());
        if (reason == "damaged chain")
            File.WriteAllText(pair.CertificatePath, pair.Leaf.ExportCertificatePem() + "\n" + Damaged(others[0].CertificatePath));
        Age(pair.CertificatePath);
        Age(pair.KeyPath);
        var results = await RenewedAsync(ca, [.. others.Select(other => Request(ca, other)), Request(ca, pair) with { Rekey = reason == "rekey" }], workers: 1);
        Assert.Equal(("Token", "Tls", 1), (results[8].Transport, results[9].Transport, results[9].Attempts));
    }

    [Fact]
    public async Task ManyTokens_ShareAFewConnections()
    {
        await using var ca = await TestCas.StartAsync(CaKind.DevCa, new());
        using var door = new CountingDoor(ca.Url.Port);
        var pairs = await IssueManyAsync(ca, 60);
        var results = await RenewedAsync(ca, [.. pairs.Select(pair => Request(ca, pair) with { Ca = new() { CaUrl = $"https://127.0.0.1:{door.Port}", RootPath = ca.RootPath } })], workers: 4);
        Assert.Equal(52, CountByToken(results));
        // Eight of their own, and at most one for each worker. A pool may begin one more and not use it.
        Assert.InRange(door.Visitors, 9, 8 + 4 + 4);
    }

    [Fact]
    public async Task CaThatAllowsOneStreamPerConnection_RenewsAll()
    {
        await using var ca = await DevTestCa.StartAsync(new() { StreamsPerConnection = 1 });
        var pairs = await IssueManyAsync(ca, 60);
        Assert.Equal(52, CountByToken(await RenewedAsync(ca, [.. pairs.Select(pair => Request(ca, pair))])));
    }

    // The issuer in a file, with the shape of a certificate, but without its algorithm: it cannot be decoded.
    private static string Damaged(string certificatePath)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPemFile(certificatePath);
        var issuer = new AsnReader(certificates[1].RawData, AsnEncodingRules.DER).ReadSequence();
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(issuer.ReadEncodedValue().Span);
            issuer.ReadEncodedValue();
            writer.PushSequence();
            writer.PopSequence();
            writer.WriteEncodedValue(issuer.ReadEncodedValue().Span);
        }

        return PemEncoding.WriteString("CERTIFICATE", writer.Encode()) + "\n";
    }

    private sealed class CountingDoor(int target) : LoopbackServer(target)
    {
        private int visitors;

        public int Visitors => visitors;

        protected override async Task ServeAsync(System.Net.Sockets.TcpClient client)
        {
            Interlocked.Increment(ref visitors);
            using var server = await ConnectAsync();
            await Pipe.JoinAsync(client.GetStream(), server.GetStream());
        }
    }
}
