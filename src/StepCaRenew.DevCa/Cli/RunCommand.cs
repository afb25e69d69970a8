using System.Globalization;
using System.Runtime.InteropServices;

namespace StepCaRenew.DevCa.Cli;

/// <summary>Runs the CA of a folder; creates it if there is none.</summary>
internal static class RunCommand
{
    public static async Task<int> ExecuteAsync(Arguments arguments)
    {
        var folder = new CaFolder(arguments.Required("--folder"));
        var port = arguments.Value("--port") ?? "0";
        var expired = arguments.Flag("--allow-renewal-after-expiry");
        var generation = (arguments.Value("--generation") ?? "0.19") switch
        {
            "0.19" => Generation.V19,
            "0.30" => Generation.V30,
            var other => throw new UsageException($"'{other}' is not a generation; write 0.19 or 0.30."),
        };
        arguments.Rest();
        if (!ushort.TryParse(port, CultureInfo.InvariantCulture, out var number))
            throw new UsageException($"'{port}' is not a port.");

        using var end = new CancellationTokenSource();
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        var options = folder.LoadOrCreate(new() { Port = number, AllowRenewalAfterExpiry = expired, Generation = generation });
        await using var server = await DevCaServer.StartAsync(options);
        await server.WriteStepPathAsync(folder.Path);
        Console.WriteLine($"URL={server.Url.GetLeftPart(UriPartial.Authority)}");
        Console.WriteLine($"FINGERPRINT={server.Fingerprint}");
        Console.WriteLine($"STEPPATH={folder.Path}");
        Console.WriteLine($"PID={Environment.ProcessId}");
        Console.WriteLine("READY");
        await Task.WhenAny(InputEndsAsync(), Task.Delay(Timeout.Infinite, end.Token));
        return 0;

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            end.Cancel();
        }
    }

    /// <summary>Ends when standard input closes: the process that started this one has ended.</summary>
    private static Task InputEndsAsync() => Task.Run(() =>
    {
        using var input = Console.OpenStandardInput();
        var buffer = new byte[256];
        while (input.Read(buffer) > 0)
        {
        }
    });
}
