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
