using StepCaRenew.Ca;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Trust;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Ca;

public sealed class SharedConnectionTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly SharedConnections connections = new();
    private readonly TestClock clock = new();

    [Fact]
    public void UsesTokenForNext_FromTheNinth()
    {
        var connection = To("https://ca.test");
        Assert.Equal([.. Enumerable.Repeat(false, 8), true, true], Enumerable.Range(0, 10).Select(_ => connection.UsesTokenForNext()));
    }

    [Fact]
    public void RecordRefused_ThreeInARow_EndTokens()
    {
        var connection = After(8);
        Assert.Equal([false, false], [connection.RecordRefused(), connection.RecordRefused()]);
        connection.RecordAccepted();
        Assert.Equal([false, false], [connection.RecordRefused(), connection.RecordRefused()]);
        Assert.True(connection.UsesTokenForNext());
        Assert.True(connection.RecordRefused());
        Assert.False(connection.UsesTokenForNext());
    }

    [Fact]
    public void RecordRefused_Later_IsNotNew()
    {
        var connection = After(8);
        Assert.Equal([false, false, true, false, false], Enumerable.Range(0, 5).Select(_ => connection.RecordRefused()));
        connection.RecordAccepted();
        Assert.Equal((false, false), (connection.RecordRefused(), connection.UsesTokenForNext()));
    }

    [Fact]
    public void To_SameAddressAndRoots_IsTheSame()
    {
        Assert.Same(To("https://ca.test"), To("https://CA.test:443/"));
        Assert.NotSame(To("https://ca.test"), To("https://ca.test:9000"));
        Assert.NotSame(To("https://ca.test"), To("https://ca.test", new TestAuthority("Other")));
    }

    [Fact]
    public void Find_SameOptions_ReadsSettingsAndRootsOnce()
    {
        var (options, root) = Options();
        var first = Find(options);
        Assert.Equal("https://ca.test/", first.Settings.Url.AbsoluteUri);
        File.Delete(root);
        File.WriteAllText(Path.Combine(options.StepPath!, "config", "defaults.json"), "no JSON");
        Assert.Same(first, Find(options with { }));
        Expect.Failure(ErrorId.StepConfigInvalid, () => Find(options with { CaUrl = "https://other.test" }));
    }

    [Fact]
    public void Find_FilesThatWereMissing_ReadsThemLater()
    {
        var (options, root) = Options();
        File.Move(root, root + ".away");
        Expect.Failure(ErrorId.RootMissing, () => Find(options));
        File.Move(root + ".away", root);
        Assert.Equal(TestAuthority.Default.Root, Assert.Single(Find(options).Roots.All));
    }

    [Fact]
    public void Find_AfterTheCall_ReadsEverythingAgain()
    {
        var (options, root) = Options();
        Find(options);
        connections.Dispose();
        var other = new TestAuthority("Other");
        File.WriteAllText(root, other.Root.ExportCertificatePem());
        Assert.Equal(other.Root, Assert.Single(Find(options).Roots.All));
    }

    [Fact]
    public void GetHandler_IsKept_UntilTheCasCertificateMustBeVerifiedForALaterTime()
    {
        var connection = To("https://ca.test");
        var first = connection.GetHandler();
        Assert.Same(first, connection.GetHandler());
        var made = clock.GetTimestamp();
        clock.Speed = 1_000_000;
        Assert.True(SpinWait.SpinUntil(() => clock.GetElapsedTime(made) > TimeSpan.FromDays(1), TimeSpan.FromSeconds(10)));
        Assert.NotSame(first, connection.GetHandler());
    }

    [Theory]
    [InlineData(ErrorId.TokenRefused, false, true)]
    [InlineData(ErrorId.RenewalRefused, false, true)]
    [InlineData(ErrorId.CaForbidden, false, true)]
    [InlineData(ErrorId.ClientCertificateRefused, false, true)]
    [InlineData(ErrorId.CaFailed, false, true)]
    [InlineData(ErrorId.CaFailed, true, false)]
    [InlineData(ErrorId.CaBusy, true, false)]
    [InlineData(ErrorId.CaTimeout, true, false)]
    [InlineData(ErrorId.CaUnreachable, true, true)]
    [InlineData(ErrorId.CaUntrusted, false, false)]
    [InlineData(ErrorId.ProxyRefused, false, false)]
    public void MayBeAboutToken_IsThis(string errorId, bool isTransient, bool expected) =>
        Assert.Equal(expected, SharedConnection.MayBeAboutToken(new RenewalException(errorId, "It failed.", "Fix it.") { IsTransient = isTransient }));

    public void Dispose()
    {
        connections.Dispose();
        folder.Dispose();
    }

    private CallCa Find(CaOptions options) => connections.Find(options, clock, _ => null);

    private (CaOptions Options, string Root) Options()
    {
        var step = Path.Combine(folder, "step");
        Directory.CreateDirectory(Path.Combine(step, "config"));
        Directory.CreateDirectory(Path.Combine(step, "certs"));
        File.WriteAllText(Path.Combine(step, "config", "defaults.json"), "{\"ca-url\": \"https://ca.test\"}");
        var root = Path.Combine(step, "certs", "root_ca.crt");
        File.WriteAllText(root, TestAuthority.Default.Root.ExportCertificatePem());
        return (new CaOptions { StepPath = step }, root);
    }

    private SharedConnection After(int renewals)
    {
        var connection = To("https://ca.test");
        for (var i = 0; i < renewals; i++)
            connection.UsesTokenForNext();
        return connection;
    }

    // Read from a file each time, as each registered renewal does from its copy.
    private SharedConnection To(string url, TestAuthority? authority = null)
    {
        var path = Path.Combine(folder, $"{Guid.NewGuid():N}.crt");
        File.WriteAllText(path, (authority ?? TestAuthority.Default).Root.ExportCertificatePem());
        var settings = CaSettingsResolver.Resolve(new CaOptions { CaUrl = url, RootPath = path }, _ => null);
        return connections.To(settings, TrustedRoots.Load(settings), clock, _ => null);
    }
}
