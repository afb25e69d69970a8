using System.Diagnostics;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using StepCaRenew.DevCa;
using StepCaRenew.Integration.Cas;

namespace StepCaRenew.Integration.Contract;

/// <summary>DevCa's command line, as the demo uses it.</summary>
public sealed class DevCaCommandTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string Ca => Path.Combine(_folder, "ca");

    public void Dispose() => _folder.Dispose();

    private static Process Start(params string[] arguments) => Process.Start(
        new ProcessStartInfo("dotnet", [typeof(DevCaServer).Assembly.Location, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    private static async Task<Dictionary<string, string>> ReadyAsync(Process run)
    {
        Dictionary<string, string> values = [];
        while (await run.StandardOutput.ReadLineAsync() is { } line && line != "READY")
            values.Add(line.Split('=', 2)[0], line.Split('=', 2)[1]);
        return values;
    }

    private static async Task<int> ExitAsync(Process process)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await process.WaitForExitAsync(patience.Token);
        return process.ExitCode;
    }

    [Fact]
    public async Task Run_ServesAStepPath_AndRenewsItsCertificate_UntilItsInputCloses()
    {
        using var run = Start("run", "--folder", Ca);
        var values = await ReadyAsync(run);
        Assert.Equal(["URL", "FINGERPRINT", "STEPPATH", "PID"], values.Keys);
        Assert.Equal(Ca, values["STEPPATH"]);
        Assert.Equal(run.Id.ToString(), values["PID"]);

        var (crt, key) = (Path.Combine(_folder, "a.crt"), Path.Combine(_folder, "a.key"));
        using var issue = Start("issue", "--folder", Ca, "--name", "a.local", "--san", "a.local", "--san", "127.0.0.1",
            "--lifetime", "10h", "--elapsed", "70%", "--key", "RSA-2048", crt, key);
        Assert.Equal(0, await ExitAsync(issue));
        using var certificate = X509Certificate2.CreateFromPemFile(crt, key);
        Assert.InRange(certificate.NotAfter - DateTime.Now, TimeSpan.FromHours(2.9), TimeSpan.FromHours(3));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));

        using var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = Trust();
        handler.SslOptions.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true);
        using var http = new HttpClient(handler);
        using var answer = await http.PostAsync(new Uri(values["URL"] + "/renew"), null);
        Assert.Equal(201, (int)answer.StatusCode);

        run.StandardInput.Close();
        Assert.Equal(0, await ExitAsync(run));
    }

    private X509ChainPolicy Trust()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(Path.Combine(Ca, "certs", "root_ca.crt"));
        return policy;
    }

    [Fact]
    public async Task Run_Again_IsTheSameCa_AndEndsWithSigterm()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM");
        using var first = Start("run", "--folder", Ca);
        var fingerprint = (await ReadyAsync(first))["FINGERPRINT"];
        using (var kill = Process.Start("kill", ["-TERM", $"{first.Id}"]))
            await kill.WaitForExitAsync();
        Assert.Equal(0, await ExitAsync(first));

        using var second = Start("run", "--folder", Ca);
        Assert.Equal(fingerprint, (await ReadyAsync(second))["FINGERPRINT"]);
        second.StandardInput.Close();
        await ExitAsync(second);
    }

    [Fact]
    public async Task Rotate_GivesTheNextRunANewIntermediate_UnderASecondRoot()
    {
        using (var first = Start("run", "--folder", Ca))
        {
            await ReadyAsync(first);
            first.StandardInput.Close();
            await ExitAsync(first);
        }
        using var rotate = Start("rotate", "--folder", Ca, "--intermediates", "2", "--new-root");
        Assert.Equal(0, await ExitAsync(rotate));
        using var run = Start("run", "--folder", Ca, "--generation", "0.30");
        var url = (await ReadyAsync(run))["URL"];
        var crt = Path.Combine(_folder, "a.crt");
        using var issue = Start("issue", "--folder", Ca, "--name", "a.local", crt, Path.Combine(_folder, "a.key"));
        Assert.Equal(0, await ExitAsync(issue));
        Assert.Equal(3, CountCertificates(crt));
        Assert.Equal(2, CountCertificates(Path.Combine(Ca, "certs", "root_ca.crt")));

        using var http = new HttpClient(new SocketsHttpHandler { SslOptions = new() { CertificateChainPolicy = Trust() }, UseProxy = false });
        var served = JsonNode.Parse(await http.GetStringAsync(new Uri(url + "/intermediates")))!["crts"]!.AsArray();
        Assert.Equal((await File.ReadAllTextAsync(crt)).Split("-----BEGIN").Skip(2), served.Select(pem => ((string)pem!).Split("-----BEGIN")[1]));
        run.StandardInput.Close();
        await ExitAsync(run);
    }

    private static int CountCertificates(string path) => File.ReadAllText(path).Split("-----BEGIN CERTIFICATE-----").Length - 1;

    [Theory]
    [InlineData("No command was given.")]
    [InlineData("'x' is not a command.", "x")]
    [InlineData("--folder is missing.", "run")]
    [InlineData("'many' is not a port.", "run", "--folder", "x", "--port", "many")]
    [InlineData("'0.20' is not a generation; write 0.19 or 0.30.", "run", "--folder", "x", "--generation", "0.20")]
    [InlineData("'3' is not a number of intermediates; write 1 or 2.", "rotate", "--folder", "x", "--intermediates", "3")]
    [InlineData("--what is not an option of this command.", "run", "--folder", "x", "--what")]
    [InlineData("Expected: CRT KEY.", "issue", "--folder", "x", "--name", "x")]
    public async Task InvalidArguments_AreExplained(string message, params string[] arguments)
    {
        using var process = Start(arguments);
        var error = await process.StandardError.ReadToEndAsync();
        Assert.Equal(2, await ExitAsync(process));
        Assert.StartsWith(message, error, StringComparison.Ordinal);
        Assert.Contains("usage:", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("issue", "--name", "x", "x.crt", "x.key")]
    [InlineData("rotate")]
    public async Task CommandWithoutCa_IsAnError(string command, params string[] arguments)
    {
        using var process = Start([command, "--folder", Ca, .. arguments]);
        Assert.StartsWith("There is no CA in", await process.StandardError.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Equal(1, await ExitAsync(process));
    }
}
