using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Children;
using StepCaRenew.Integration.Faults;
using StepCaRenew.Policy;

namespace StepCaRenew.Integration.Engine;

/// <summary>A CA whose name has several addresses, by a hosts file that one child alone sees.</summary>
public sealed class AddressTests : EngineTest
{
    private const string Name = "ca.stepcarenew.test";

    // The queue of the first address is full, so the kernel drops what comes, as a firewall does.
    [Fact]
    public async Task FirstAddressDropsPackets_TheNextOneIsUsed()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        await using var ca = await OwnCa.StartAsync(new() { DnsNames = [Name] });
        using var silent = new FullListener(IPAddress.IPv6Loopback, ca.Server.Url.Port);
        var (status, error) = await RenewAsync(ca, $"::1 {Name}\n127.0.0.1 {Name}\n", Name);
        Assert.True(status == RenewalStatus.Renewed, error);
    }

    [Fact]
    public async Task AllAddressesFail_EachIsNamed()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        await using var ca = await OwnCa.StartAsync(new() { DnsNames = [Name] });
        var (status, error) = await RenewAsync(ca, $"127.0.0.3 {Name}\n127.0.0.2 {Name}\n", Name);
        Assert.Equal(RenewalStatus.Failed, status);
        Assert.Contains("Tried: 127.0.0.", error, StringComparison.Ordinal);
        Assert.Contains("127.0.0.2 (refused)", error, StringComparison.Ordinal);
        Assert.Contains("127.0.0.3 (refused)", error, StringComparison.Ordinal);
    }

    // The form that step-ca's own init writes for IPv6.
    [Theory]
    [InlineData("https://::1:{0}")]
    [InlineData("https://[::1]:{0}")]
    public async Task IPv6WithoutBrackets_IsRenewed(string url)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        await using var ca = await OwnCa.StartAsync(new() { DnsNames = ["::1"] });
        using var door = new ForwardingDoor(ca.Server.Url.Port, IPAddress.IPv6Loopback);
        door.Open();
        var request = ca.Request(ca.Issue(Folder, DateTimeOffset.Now.AddMinutes(-1)));
        request = request with { Ca = request.Ca with { CaUrl = url.Replace("{0}", $"{door.Port}", StringComparison.Ordinal) } };
        await RenewedAsync(request);
        await RenewedAsync(ByToken(request));
    }

    private async Task<(string? Status, string? Error)> RenewAsync(OwnCa ca, string hosts, string name)
    {
        Tool.RequireRoot();
        var (certificate, key) = ca.Issue(Folder, DateTimeOffset.Now.AddMinutes(-1));
        var (hostsPath, stepPath) = (Path.Combine(Folder, "hosts"), Path.Combine(Folder, "step"));
        File.WriteAllText(hostsPath, hosts + "127.0.0.1 localhost\n");
        Directory.CreateDirectory(Path.Combine(stepPath, "config"));
        File.WriteAllText(
            Path.Combine(stepPath, "config", "defaults.json"),
            JsonSerializer.Serialize(new Dictionary<string, string> { ["ca-url"] = $"https://{name}:{ca.Server.Url.Port}", ["root"] = Path.Combine(ca.StepPath, "certs", "root_ca.crt") }));
        // The shell proves that it is in a namespace of its own before it mounts anything.
        const string script = """test "$(readlink /proc/self/ns/mnt)" != "$1" || exit 9; mount --bind "$2" /etc/hosts || exit 9; shift 2; exec "$@" """;
        var own = new FileInfo("/proc/self/ns/mnt").LinkTarget!;
        await using var child = Child.StartAs(
            ["unshare", "-m", "--propagation", "private", "sh", "-c", script, "sh", own, hostsPath],
            ["run", .. ChildProgram.Tell(new() { CertificatePath = certificate, KeyPath = key, Rule = RenewalRule.Force, Ca = new() { StepPath = stepPath } })]);
        var (exit, output, errors) = await child.EndAsync();
        Assert.True(exit is 0 or 1, $"{exit}: {errors}");
        var told = JsonSerializer.Deserialize<string?[]>(output)!;
        return (told[0], $"{told[1]}: {told[2]}");
    }

    /// <summary>Listens, and takes nothing: its queue is full.</summary>
    private sealed class FullListener : IDisposable
    {
        private readonly Socket listener;
        private readonly List<Socket> waiting = [];

        public FullListener(IPAddress address, int port)
        {
            listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(address, port));
            listener.Listen(0);
            for (var i = 0; i < 4; i++)
            {
                var one = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                waiting.Add(one);
                _ = one.ConnectAsync(listener.LocalEndPoint!).ContinueWith(connected => connected.Exception, TaskScheduler.Default);
            }
        }

        public void Dispose()
        {
            listener.Dispose();
            waiting.ForEach(one => one.Dispose());
        }
    }
}
