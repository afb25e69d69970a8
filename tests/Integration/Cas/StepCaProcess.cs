using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace StepCaRenew.Integration.Cas;

/// <summary>A step-ca process with its own port and folder; it ends with this process at the latest.</summary>
internal sealed class StepCaProcess : IAsyncDisposable
{
    private readonly string _binary;
    private Process _process;

    private StepCaProcess(string binary, Process process, string folder, Uri url)
    {
        _binary = binary;
        _process = process;
        Folder = folder;
        Url = url;
    }

    public string Folder { get; }
    public Uri Url { get; }
    public string LogPath => Path.Combine(Folder, "ca.log");

    public static async Task<StepCaProcess> StartAsync(string binary, string password, TestCaOptions options)
    {
        for (var attempt = 1; ; attempt++)
        {
            var folder = Directory.CreateTempSubdirectory("stepca-").FullName;
            var port = FreePort();
            await File.WriteAllTextAsync(Path.Combine(folder, "password.txt"), password);
            using (var init = Start(binary, folder, StepCaArguments.Init(port, options)))
                await init.WaitForExitAsync();
            var run = Start(binary, folder, StepCaArguments.Run());
            var ca = new StepCaProcess(binary, run, folder, new Uri($"https://127.0.0.1:{port}"));
            if (await ca.IsReadyAsync(port))
                return ca;
            var log = File.Exists(ca.LogPath) ? await File.ReadAllTextAsync(ca.LogPath) : "no log";
            await ca.DisposeAsync();
            // Another process may have taken the port in the meantime.
            if (attempt == 3)
                throw new InvalidOperationException($"step-ca did not start: {log}");
        }
    }

    /// <summary>Ends the server, runs a command on its folder, and starts it again at the same address.</summary>
    public async Task RestartAfterAsync(IEnumerable<string> arguments)
    {
        await StopAsync();
        using (var command = Start(_binary, Folder, arguments))
        {
            await command.WaitForExitAsync();
            if (command.ExitCode != 0)
                throw new InvalidOperationException($"'{string.Join(' ', arguments)}' failed with exit code {command.ExitCode}");
        }
        _process = Start(_binary, Folder, StepCaArguments.Run());
        if (!await IsReadyAsync(Url.Port))
            throw new InvalidOperationException($"step-ca did not start again: {await File.ReadAllTextAsync(LogPath)}");
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private async Task StopAsync()
    {
        // Closing standard input ends it; a shutdown would take seconds.
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }
        _process.Dispose();
    }

    private static Process Start(string binary, string folder, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(binary, arguments) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["STEPPATH"] = folder;
        var process = Process.Start(start)!;
        // A full pipe would block the process.
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private async Task<bool> IsReadyAsync(int port)
    {
        for (var wait = Stopwatch.StartNew(); wait.Elapsed < TimeSpan.FromSeconds(20) && !_process.HasExited; await Task.Delay(20))
        {
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await probe.ConnectAsync(IPAddress.Loopback, port);
                return !_process.HasExited;
            }
            catch (SocketException)
            {
            }
        }
        return false;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
