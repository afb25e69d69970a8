using System.Net;
using System.Net.Sockets;
using StepCaRenew.DevCa.Faults;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Renewal;

namespace StepCaRenew.Integration.Engine;

/// <summary>How long the engine tries again.</summary>
public sealed class RetryTests : EngineTest
{
    private static readonly RefusingPort Refusing = new();

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task NobodyListens_WithoutPatience_IsOneAttempt(CaKind kind)
    {
        var (result, error) = await FailsAsync(ErrorId.CaUnreachable, await NobodyAsync(kind));
        Assert.Equal(1, result.Attempts);
        Assert.Equal(0, Log.Count(Event.Retrying));
        Assert.Contains("refused the connection", error.Message, StringComparison.Ordinal);
        Assert.InRange(result.DurationMs, 0, 10_000);
    }

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task NobodyListens_WithTwoSeconds_IsSeveralAttempts(CaKind kind)
    {
        var (result, _) = await FailsAsync(ErrorId.CaUnreachable, await NobodyAsync(kind) with { RetryTimeout = TimeSpan.FromSeconds(2) });
        // With half the jitter: 0.375, 0.75 and the rest of the two seconds.
        Assert.InRange(result.Attempts, 2, 4);
        Assert.Equal(result.Attempts - 1, Log.Count(Event.Retrying));
        Assert.InRange(result.DurationMs, 1900, 12_000);
    }

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task CaThatComesUpMeanwhile_Renews(CaKind kind)
    {
        var ca = await CaAsync(kind);
        var pair = await IssueAsync(ca);
        using var door = new ForwardingDoor(ca.Url.Port);
        Clock = new TestClock(speed: 4);
        Log.OnEvent = id =>
        {
            if (id == Event.Retrying && Log.Count(Event.Retrying) == 3)
                door.Open();
        };

        var result = await RenewedAsync(Request(ca, pair) with
        {
            Ca = new() { StepPath = ca.StepPath, CaUrl = $"https://127.0.0.1:{door.Port}" },
            RetryTimeout = TimeSpan.FromMinutes(1),
        });

        Assert.Equal(4, result.Attempts);
    }

    [Theory]
    [InlineData(429, 1, ErrorId.CaBusy)]
    [InlineData(503, 1, ErrorId.CaFailed)]
    public async Task RetryAfter_IsHonoured(int status, int seconds, string errorId)
    {
        await using var ca = await DevTestCa.StartAsync(new());
        var pair = await IssueAsync(ca);
        var wait = TimeSpan.FromSeconds(seconds);
        ca.Server.Faults.Add("/renew", new StatusFault(status, wait));
        var result = await RenewedAsync(Request(ca, pair) with { RetryTimeout = TimeSpan.FromSeconds(30) });
        Assert.Equal(2, result.Attempts);
        Assert.InRange(result.DurationMs, 1000, 11_000);

        // Longer than the timeout: waiting does not help, and the error of the CA is reported.
        ca.Server.Faults.Add("/renew", new StatusFault(status, TimeSpan.FromMinutes(5)));
        var (failed, error) = await FailsAsync(errorId, Request(ca, pair) with { RetryTimeout = TimeSpan.FromMinutes(1) });
        Assert.Equal(1, failed.Attempts);
        Assert.Equal(TimeSpan.FromMinutes(5), error.RetryAfter);
    }

    [Fact]
    public async Task UnknownHost_IsNamed()
    {
        var ca = await CaAsync(CaKind.StepCa);
        var pair = await IssueAsync(ca);
        var (_, error) = await FailsAsync(ErrorId.CaUnreachable, Request(ca, pair) with { Ca = new() { StepPath = ca.StepPath, CaUrl = "https://no-such-host.invalid" } });
        Assert.Contains("no-such-host.invalid", error.Message, StringComparison.Ordinal);
    }

    // A load balancer without a living server behind it accepts and hangs up, some with a reset, some politely.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ServerThatHangsUp_IsTriedAgain(bool politely)
    {
        var ca = await CaAsync(CaKind.StepCa);
        var pair = await IssueAsync(ca);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var hangingUp = HangUpAsync(listener, politely);
        Clock = new TestClock(speed: 4);

        var (result, error) = await FailsAsync(ErrorId.CaUnreachable, Request(ca, pair) with
        {
            Ca = new() { StepPath = ca.StepPath, CaUrl = $"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}" },
            RetryTimeout = TimeSpan.FromSeconds(4),
        });

        Assert.True(error.IsTransient);
        Assert.True(result.Attempts > 1);
        listener.Stop();
        await hangingUp;
    }

    private static async Task HangUpAsync(TcpListener listener, bool politely)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptSocketAsync();
                if (!politely)
                    client.LingerState = new(true, 0);
                else
                    await client.ReceiveAsync(new byte[16 * 1024]);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
        }
    }

    /// <summary>A request to a port that refuses connections.</summary>
    private async Task<RenewalRequest> NobodyAsync(CaKind kind)
    {
        var ca = await CaAsync(kind);
        var pair = await IssueAsync(ca);
        return Request(ca, pair) with { Ca = new() { StepPath = ca.StepPath, CaUrl = $"https://127.0.0.1:{Refusing.Number}" } };
    }
}
