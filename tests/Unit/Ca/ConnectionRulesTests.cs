using System.Reflection;
using System.Security.Authentication;
using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using NetArchTest.Rules;
using StepCaRenew.Ca;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Trust;
using StepCaRenew.Monitoring;
using StepCaRenew.Servers;

namespace StepCaRenew.Unit.Ca;

/// <summary>
/// Checks every place that opens a connection. On Windows .NET caches SChannel's credentials under a key in which only
/// AllowTlsResume, and the versions of TLS that are named, separate connections with a client certificate from those without.
/// </summary>
public sealed class ConnectionRulesTests
{
    private static readonly Assembly Core = typeof(RenewalException).Assembly;
    private static readonly Uri Address = new("https://ca.example.com");

    [Fact]
    public void Connections_AreMadeByFourTypes() => Assert.Equal(
        [nameof(CaConnector), nameof(CaHandlerFactory), nameof(SecretAddress), nameof(ServerClient)],
        UsersOf("System.Net.Http.SocketsHttpHandler", "System.Net.Http.HttpClientHandler", "System.Net.Security.SslStream", "System.Net.Security.SslClientAuthenticationOptions")
            // A caller of the factory names the handler's type and disposes it.
            .Except([nameof(CaClient), nameof(RootDownload), nameof(SharedConnection)]));

    [Fact]
    public void ClientCertificates_AreShownByOneType() => Assert.Equal(
        [nameof(CaHandlerFactory)],
        UsersOf("System.Net.Security.SslStreamCertificateContext", "System.Net.Security.LocalCertificateSelectionCallback"));

    [Theory]
    [InlineData(true, true, false)]
    [InlineData(true, false, true)]
    [InlineData(false, true, false)]
    [InlineData(false, false, false)]
    public void AllowsResume_OnWindows_DiffersWithAClientCertificate(bool isWindows, bool hasClient, bool expected) =>
        Assert.Equal(expected, CaHandlerFactory.AllowsResume(isWindows, hasClient));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Handler_ForTheCa_FollowsTheRule(bool hasClient)
    {
        using var folder = new TestFolder();
        var pair = TestAuthority.Default.Issue(new LeafSpec { Key = RSA.Create(2048) }); // Wine has no EC keys for TLS.
        using var leaf = new KeyStore().CreateClient(pair.Keyed());
        using var roots = TrustedRoots.Load(new CaSettings(Address, folder.Write("root.crt", TestAuthority.Default.Root.ExportCertificatePem()), null));
        using var handler = new CaHandlerFactory(new FakeTimeProvider(), _ => null)
            .Create(Address, roots, new ServerTrust(), new ConnectAttempts(), hasClient ? new ClientIdentity(leaf, []) : null);
        Assert.Equal(CaHandlerFactory.AllowsResume(OperatingSystem.IsWindows(), hasClient), handler.SslOptions.AllowTlsResume);
        Assert.Equal(hasClient, handler.SslOptions.ClientCertificateContext is not null);
        Assert.Null(handler.SslOptions.ClientCertificates);
    }

    [Fact]
    public void Handler_OfTheMonitor_ShowsNoCertificateAndMayResume()
    {
        using var handler = SecretAddress.CreateHandler();
        Assert.True(handler.SslOptions.AllowTlsResume);
        Assert.Null(handler.SslOptions.ClientCertificateContext);
        Assert.Null(handler.SslOptions.ClientCertificates);
    }

    // A resumed session would show the certificate of an earlier connection.
    [Fact]
    public void OptionsForAServer_ShowNoCertificateAndDoNotResume()
    {
        var options = new ServerClient(TimeProvider.System).CreateOptions("web.example.com", []);
        Assert.False(options.AllowTlsResume);
        Assert.Equal(OperatingSystem.IsWindows(), options.EnabledSslProtocols != SslProtocols.None);
        Assert.Null(options.ClientCertificateContext);
        Assert.Null(options.ClientCertificates);
    }

    // A method that awaits is a nested type of its own.
    private static IEnumerable<string> UsersOf(params string[] types) => Types.InAssembly(Core).That().HaveDependencyOnAny(types).GetTypes()
        .Select(Outermost).Select(type => type.Name).Distinct().Order(StringComparer.Ordinal);

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;
}
