using System.Text.Json;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Trust;
using StepCaRenew.DevCa.Faults;
using StepCaRenew.Integration.Cas;

namespace StepCaRenew.Integration.Engine;

/// <summary>The download of a root from a CA that is not trusted yet.</summary>
public sealed class RootDownloadTests(FaultyCa shared) : IClassFixture<FaultyCa>
{
    private static readonly string Unknown = new('0', 64);

    private readonly DevTestCa faulty = shared.Healthy();

    [Theory]
    [MemberData(nameof(TestCas.AllGenerations), MemberType = typeof(TestCas))]
    public async Task RootOfTheFingerprint_IsReturned(CaKind kind)
    {
        var ca = await TestCas.GetAsync(kind);
        using var roots = await FetchAsync(ca, ca.Fingerprint);
        Assert.Equal(ca.Fingerprint, roots.Fingerprint);
        Assert.Equal(File.ReadAllText(ca.RootPath).Trim(), Assert.Single(roots.All).ExportCertificatePem().Trim());
    }

    [Theory]
    [MemberData(nameof(TestCas.AllGenerations), MemberType = typeof(TestCas))]
    public async Task UnknownFingerprint_IsRefusedByTheCa(CaKind kind) => await FailsAsync(ErrorId.RootUnknown, await TestCas.GetAsync(kind), Unknown);

    [Fact]
    public async Task AnotherRoot_IsDiscarded()
    {
        var e = await FailsAsync(ErrorId.RootFingerprintMismatch, Unknown, Sent(File.ReadAllText(faulty.RootPath)));
        Assert.Contains(faulty.Fingerprint, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LeafAndIntermediate_AreRefused()
    {
        using var folder = new TestFolder();
        var pair = await faulty.IssueAsync(new() { Folder = folder });
        await FailsAsync(ErrorId.RootNotAuthority, RootFingerprint.Compute(pair.Leaf), Sent(pair.Leaf.ExportCertificatePem()));
        await FailsAsync(ErrorId.RootNotAuthority, RootFingerprint.Compute(pair.Intermediate), Sent(pair.Intermediate.ExportCertificatePem()));
    }

    [Theory]
    [InlineData(ErrorId.CaAnswerInvalid, 200, "text/html", "<html>Please log in</html>")]
    [InlineData(ErrorId.CaNotFound, 404, "text/html", "<html>404</html>")]
    [InlineData(ErrorId.CaRedirected, 302, "text/html", "")]
    [InlineData(ErrorId.CaRedirected, 307, "text/html", "")]
    [InlineData(ErrorId.CaAnswerInvalid, 200, "application/json", "null")]
    [InlineData(ErrorId.CaAnswerInvalid, 200, "application/json", "[]")]
    [InlineData(ErrorId.CaAnswerInvalid, 200, "application/json", """{"ca":null}""")]
    [InlineData(ErrorId.CaAnswerInvalid, 200, "application/json", """{"ca":"words"}""")]
    [InlineData(ErrorId.CaAnswerInvalid, 200, "application/json", """{"ca":"-----BEGIN CERTIFICATE-----\nAAA"}""")]
    [InlineData(ErrorId.RootFingerprintMismatch, 200, "application/json", """{"ca":"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}""")]
    [InlineData(ErrorId.CaFailed, 502, "text/html", "<html>502</html>")]
    public async Task OtherAnswers_HaveTheirErrors(string errorId, int status, string contentType, string body) =>
        await FailsAsync(errorId, faulty.Fingerprint, new RawFault(status, contentType, body));

    [Fact]
    public async Task HugeAnswer_IsNotRead() => await FailsAsync(ErrorId.CaAnswerTooLarge, faulty.Fingerprint, RawFault.Huge);

    [Fact]
    public async Task BrokenConnections_AreReported()
    {
        await FailsAsync(ErrorId.CaUnreachable, faulty.Fingerprint, new DropFault());
        faulty.Server.Faults.Add(new NotTlsFault());
        await FailsAsync(ErrorId.TlsFailed, faulty, faulty.Fingerprint);
    }

    private static RawFault Sent(string pem) => new(200, "application/json", JsonSerializer.Serialize(new { ca = pem }));

    private Task<RenewalException> FailsAsync(string errorId, string fingerprint, RequestFault fault)
    {
        faulty.Server.Faults.Add($"/root/{fingerprint}", fault);
        return FailsAsync(errorId, faulty, fingerprint);
    }

    private static Task<RenewalException> FailsAsync(string errorId, ITestCa ca, string fingerprint) =>
        Expect.FailureAsync(errorId, () => FetchAsync(ca, fingerprint));

    private static Task<TrustedRoots> FetchAsync(ITestCa ca, string fingerprint) =>
        new RootDownload(TimeProvider.System, _ => null).FetchAsync(CaAddress.Parse(ca.Url.AbsoluteUri), fingerprint, default);
}
