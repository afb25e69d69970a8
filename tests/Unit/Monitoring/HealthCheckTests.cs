using System.Net;
using System.Net.Sockets;
using StepCaRenew.Monitoring;

namespace StepCaRenew.Unit.Monitoring;

public sealed class HealthCheckTests
{
    private const string Secret = "5ecret-pa7h";
    private readonly CollectingLogger log = new();

    [Fact]
    public async Task Ping_Success_IsAGet() =>
        Assert.Equal($"GET /{Secret}?x=1 ", await PingAsync(200));

    [Fact]
    public async Task Ping_Failure_IsAPostToFailWithTheIds() =>
        Assert.Equal($"POST /{Secret}/fail?x=1 KeyMismatch\nActionFailed", await PingAsync(200, "KeyMismatch", "ActionFailed", "KeyMismatch"));

    [Fact]
    public async Task Notify_NothingDoneOrAChangeRefused_SendsNothing()
    {
        using var check = new HealthCheck(new Uri("http://127.0.0.1:1/"), TimeSpan.FromSeconds(1), log);
        await check.NotifyAsync(CancellationToken.None);
        check.Record(null, new RenewalException("KeyMismatch", "m", "r"));
        check.Record(new RenewalResult { Status = RenewalStatus.WouldRenew }, null);
        await check.NotifyAsync(CancellationToken.None);
        Assert.Empty(log.Warnings);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(302)]
    public async Task Ping_Refused_WarnsWithoutThePath(int status)
    {
        await PingAsync(status);
        Assert.Contains($"status {status}", Assert.Single(log.Warnings), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ping_NoAnswer_WarnsWithoutThePath()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var check = new HealthCheck(new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/{Secret}"), TimeSpan.FromSeconds(1), log);
        check.Record(null, null);
        await check.NotifyAsync(CancellationToken.None);
        listener.Stop();
        await check.NotifyAsync(CancellationToken.None);
        Assert.Equal(2, log.Warnings.Count());
        Assert.DoesNotContain(Secret, log.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://example.com/5ecret-pa7h")]
    [InlineData("5ecret-pa7h")]
    public void Constructor_NotAnHttpAddress_IsInvalidWithoutThePath(string address)
    {
        var error = Assert.Throws<RenewalException>(() => new HealthCheck(new Uri(address, UriKind.RelativeOrAbsolute), TimeSpan.FromSeconds(1), log));
        Assert.Equal(ErrorId.ActionInvalid, error.ErrorId);
        Assert.DoesNotContain(Secret, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://127.0.0.1:99999/5ecret-pa7h")]
    [InlineData("")]
    [InlineData("/5ecret-pa7h")]
    public void ParseAddress_NotAnAddress_IsInvalidWithoutThePath(string address)
    {
        var error = Assert.Throws<RenewalException>(() => new HealthCheck(address, TimeSpan.FromSeconds(1), log));
        Assert.Equal(ErrorId.ActionInvalid, error.ErrorId);
        Assert.DoesNotContain(Secret, error.Message, StringComparison.Ordinal);
    }

    private async Task<string> PingAsync(int status, params string[] errorIds)
    {
        var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        using var listener = new HttpListener { Prefixes = { $"http://127.0.0.1:{port}/" } };
        listener.Start();
        using var check = new HealthCheck(new Uri($"http://127.0.0.1:{port}/{Secret}?x=1"), TimeSpan.FromSeconds(20), log);
        check.Record(new RenewalResult { Status = RenewalStatus.Renewed, ErrorId = errorIds.FirstOrDefault() }, null);
        foreach (var errorId in errorIds.Skip(1))
            check.Record(null, new RenewalException(errorId, "m", "r"));
        var ping = check.NotifyAsync(CancellationToken.None);
        var context = await listener.GetContextAsync();
        using var reader = new StreamReader(context.Request.InputStream);
        var seen = $"{context.Request.HttpMethod} {context.Request.RawUrl} {await reader.ReadToEndAsync()}";
        context.Response.StatusCode = status;
        context.Response.Close();
        await ping;
        return seen;
    }
}
