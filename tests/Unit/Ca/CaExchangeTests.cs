using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Time.Testing;
using StepCaRenew.Ca;

namespace StepCaRenew.Unit.Ca;

public sealed class CaExchangeTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider clock = new(Now);

    [Fact]
    public async Task SendAsync_Answer_IsReadToItsEnd()
    {
        var response = await SendAsync(new HttpResponseMessage(HttpStatusCode.Created) { Content = new StringContent("{}", null, "application/json") });
        Assert.Equal(HttpStatusCode.Created, response.Status);
        Assert.Equal("application/json", response.ContentType);
        Assert.True(response.IsJson);
        Assert.True(response.IsSuccess);
        Assert.Equal("{}"u8.ToArray(), response.Body);
    }

    [Theory]
    [InlineData(1024 * 1024, false)]
    [InlineData(1024 * 1024 + 1, true)]
    public async Task SendAsync_LargeAnswer_EndsAtAMegabyte(int length, bool isTooLarge)
    {
        var answer = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(new byte[length]) };
        if (isTooLarge)
            await Expect.FailureAsync(ErrorId.CaAnswerTooLarge, () => SendAsync(answer));
        else
            Assert.Equal(length, (await SendAsync(answer)).Body.Length);
    }

    [Theory]
    [InlineData(429, 7, 7)]
    [InlineData(503, 120, 120)]
    [InlineData(502, 7, null)]
    [InlineData(500, 7, null)]
    [InlineData(429, 0, null)]
    [InlineData(429, -5, null)]
    public async Task SendAsync_RetryAfterSeconds_IsReadOnlyFor429And503(int status, int seconds, int? expected)
    {
        var answer = new HttpResponseMessage((HttpStatusCode)status);
        answer.Headers.TryAddWithoutValidation("Retry-After", seconds.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(expected, (await SendAsync(answer)).RetryAfter?.TotalSeconds);
    }

    [Theory]
    [InlineData(30, 30)]
    [InlineData(-30, null)]
    public async Task SendAsync_RetryAfterDate_IsCountedByTheClock(int seconds, int? expected)
    {
        var answer = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
        answer.Headers.RetryAfter = new RetryConditionHeaderValue(Now.AddSeconds(seconds));
        Assert.Equal(expected, (await SendAsync(answer)).RetryAfter?.TotalSeconds);
    }

    [Fact]
    public async Task SendAsync_NoAnswer_IsATimeoutAfter30Seconds()
    {
        var send = SendAsync(null);
        clock.Advance(TimeSpan.FromSeconds(29.9));
        Assert.False(send.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.2));
        var e = await Expect.FailureAsync(ErrorId.CaTimeout, () => send.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.True(e.IsTransient);
    }

    [Fact]
    public async Task SendAsync_Cancelled_IsACancellationAndNotATimeout()
    {
        using var cancel = new CancellationTokenSource();
        var send = SendAsync(null, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => send.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    private async Task<CaResponse> SendAsync(HttpResponseMessage? answer, CancellationToken token = default)
    {
        using var handler = new Handler(answer);
        using var request = new HttpRequestMessage(HttpMethod.Post, "https://ca.example/renew");
        return await CaExchange.SendAsync(handler, request, clock, token);
    }

    /// <summary>Gives one answer, or never answers.</summary>
    private sealed class Handler(HttpResponseMessage? answer) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (answer is null)
                await Task.Delay(Timeout.Infinite, cancellationToken);
            return answer!;
        }
    }
}
