using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using StepCaRenew.Ca;

namespace StepCaRenew.Unit.Ca;

/// <summary>Uses real sockets; a listener with a full queue drops packets, as a firewall does.</summary>
public sealed class AddressRaceTests
{
    private static readonly CancellationToken Patience = new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token;

    [Theory]
    [InlineData("", "")]
    [InlineData("10.0.0.1", "10.0.0.1")]
    [InlineData("::1 ::2 ::3 10.0.0.1", "::1 10.0.0.1 ::2 ::3")]
    [InlineData("10.0.0.1 10.0.0.2 ::1 ::2", "10.0.0.1 ::1 10.0.0.2 ::2")]
    [InlineData("10.0.0.1 ::1 ::2 ::3", "10.0.0.1 ::1 ::2 ::3")]
    public void Interleave_Families_AlternateAndKeepTheirOrder(string addresses, string expected) =>
        Assert.Equal(Parse(expected), AddressRace.Interleave(Parse(addresses)));

    [LinuxFact]
    public async Task Connect_FirstAddressDropsPackets_TheNextConnectsAfterTheDelay()
    {
        using var silent = new SilentListener("127.0.0.2");
        using var open = Listen("127.0.0.3", silent.Port);
        var (clock, attempts) = (new FakeTimeProvider(), new ConnectAttempts());

        var connecting = Race(clock, "127.0.0.2 127.0.0.3").ConnectAsync("ca.test", silent.Port, attempts, Patience);
        clock.Advance(TimeSpan.FromMilliseconds(249));
        await Task.Delay(100, Patience);
        Assert.Equal("127.0.0.2 (no answer)", attempts.Describe());
        clock.Advance(TimeSpan.FromMilliseconds(1));

        using var socket = await connecting;
        Assert.Equal("127.0.0.3", ((IPEndPoint)socket.RemoteEndPoint!).Address.ToString());
        Assert.Null(attempts.Describe());
    }

    [Fact]
    public async Task Connect_AddressThatFails_TheNextIsTriedAtOnce()
    {
        using var open = Listen("127.0.0.1");
        // The clock stands still, so the delay never ends.
        using var socket = await Race(new FakeTimeProvider(), "::1 127.0.0.1").ConnectAsync("ca.test", PortOf(open), new ConnectAttempts(), Patience);
        Assert.True(socket.Connected);
        Assert.True(socket.NoDelay);
    }

    [LinuxFact]
    public async Task Connect_FirstAddressAnswersLate_IsUsed_AndNothingIsLeftOpen()
    {
        using var late = new SilentListener("127.0.0.2");
        using var silent = new SilentListener("127.0.0.3", late.Port);
        var (clock, attempts) = (new FakeTimeProvider(), new ConnectAttempts());
        var connecting = Race(clock, "127.0.0.2 127.0.0.3").ConnectAsync("ca.test", late.Port, attempts, Patience);
        clock.Advance(TimeSpan.FromMilliseconds(250));
        late.Accept();
        using var socket = await connecting;
        Assert.Equal("127.0.0.2", ((IPEndPoint)socket.RemoteEndPoint!).Address.ToString());
    }

    [LinuxFact]
    public async Task Connect_AllFail_NamesEachFailure()
    {
        var attempts = new ConnectAttempts();
        using var door = Listen("127.0.0.1");
        var port = PortOf(door);
        door.Stop();
        var e = await Assert.ThrowsAsync<SocketException>(() => Race(TimeProvider.System, "127.0.0.2 127.0.0.3").ConnectAsync("ca.test", port, attempts, Patience));
        Assert.Equal(SocketError.ConnectionRefused, e.SocketErrorCode);
        Assert.Equal("127.0.0.2 (refused), 127.0.0.3 (refused)", attempts.Describe());
    }

    // If one address family does not work, the other must not wait for all of its addresses.
    [Fact]
    public async Task Connect_Families_AreTriedAlternately()
    {
        var attempts = new ConnectAttempts();
        using var door = Listen("127.0.0.1");
        var port = PortOf(door);
        door.Stop();
        await Assert.ThrowsAsync<SocketException>(() => Race(TimeProvider.System, "127.0.0.2 127.0.0.3 ::1").ConnectAsync("ca.test", port, attempts, Patience));
        Assert.Equal(["127.0.0.2", "::1", "127.0.0.3"], attempts.Describe()!.Split(", ").Select(one => one.Split(' ')[0]));
    }

    [Fact]
    public async Task Connect_NoAddress_IsHostNotFound()
    {
        var e = await Assert.ThrowsAsync<SocketException>(() => Race(TimeProvider.System, "").ConnectAsync("ca.test", 1, new ConnectAttempts(), Patience));
        Assert.Equal(SocketError.HostNotFound, e.SocketErrorCode);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task Connect_LiteralAddress_IsNotResolved(string address)
    {
        Assert.SkipUnless(address != "::1" || Socket.OSSupportsIPv6, "This machine has no IPv6.");
        using var open = Listen(address);
        var race = new AddressRace((_, _) => throw new InvalidOperationException("It was looked up."), TimeProvider.System);
        using var socket = await race.ConnectAsync(address, PortOf(open), new ConnectAttempts(), Patience);
        Assert.True(socket.Connected);
    }

    [LinuxFact]
    public async Task Connect_Cancelled_EndsAtOnce()
    {
        using var silent = new SilentListener("127.0.0.2");
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        var attempts = new ConnectAttempts();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Race(TimeProvider.System, "127.0.0.2").ConnectAsync("ca.test", silent.Port, attempts, cancel.Token));
        Assert.Equal("127.0.0.2 (no answer)", attempts.Describe());
    }

    private static AddressRace Race(TimeProvider clock, string addresses) => new((_, _) => Task.FromResult(Parse(addresses)), clock);

    private static IPAddress[] Parse(string addresses) => [.. addresses.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(IPAddress.Parse)];

    private static int PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    private static TcpListener Listen(string address, int port = 0)
    {
        var listener = new TcpListener(IPAddress.Parse(address), port);
        listener.Start();
        return listener;
    }

    /// <summary>A listener with a full queue.</summary>
    private sealed class SilentListener : IDisposable
    {
        private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly List<Socket> waiting = [];

        public SilentListener(string address, int port = 0)
        {
            listener.Bind(new IPEndPoint(IPAddress.Parse(address), port));
            listener.Listen(0);
            for (var i = 0; i < 4; i++)
            {
                var one = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                waiting.Add(one);
                _ = one.ConnectAsync(listener.LocalEndPoint!).ContinueWith(connected => connected.Exception, TaskScheduler.Default);
            }

            Thread.Sleep(50);
        }

        public int Port => ((IPEndPoint)listener.LocalEndPoint!).Port;

        /// <summary>Accepts all waiting connections; the kernel repeats dropped packets after a second.</summary>
        public void Accept() => _ = Task.Run(async () =>
        {
            try
            {
                while (true)
                    waiting.Add(await listener.AcceptAsync());
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
            }
        });

        public void Dispose()
        {
            listener.Dispose();
            waiting.ForEach(one => one.Dispose());
        }
    }
}
