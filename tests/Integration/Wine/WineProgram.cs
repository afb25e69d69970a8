using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace StepCaRenew.Integration.Wine;

/// <summary>tests/Wine, published for Windows and run once under Wine, in a prefix of its own that is gone afterwards.</summary>
internal static class WineProgram
{
    private static readonly TimeSpan PublishPatience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan RunPatience = TimeSpan.FromMinutes(2);

    private static readonly Lazy<Task<WineResult>> Result = new(RunAsync);

    public static async Task<WineResult> GetAsync()
    {
        WineTool.Require();
        var result = await Result.Value;
        if (result.Obstacle is { } reason && Environment.GetEnvironmentVariable("STEPCARENEW_STRICT") != "1")
            Assert.Skip(reason);
        Assert.Null(result.Obstacle);
        return result;
    }

    private static async Task<WineResult> RunAsync()
    {
        var root = Path.GetFullPath(Path.Combine(Here(), "..", "..", ".."));
        var output = Path.Combine(root, "out", "wine");
        var publish = await StartAsync(
            "dotnet",
            ["publish", Path.Combine(root, "tests", "Wine", "StepCaRenew.Wine"), "--configuration", "Release", "--output", output, "--artifacts-path", Path.Combine(root, "out", "obj", "wine"), "--nologo", "-nodeReuse:false", "-p:UseSharedCompilation=false"],
            [], PublishPatience);
        if (publish.ExitCode != 0)
            return new WineResult($"The program for Wine can't be built; it needs the runtime of Windows from a registry: {publish.Output}", "", "");

        var prefix = Directory.CreateTempSubdirectory("stepcarenew-wine-").FullName;
        (string, string)[] environment =
        [
            ("WINEPREFIX", Path.Combine(prefix, "prefix")),
            ("HOME", prefix),
            ("DISPLAY", ""),
            // The trace shows the values that are passed to the scheduler; no debugger, no menu entries.
            ("WINEDEBUG", "fixme-all,trace+taskschd"),
            ("WINEDLLOVERRIDES", "winedbg.exe=d;winemenubuilder.exe=d;mshtml=d"),
            ("DOTNET_EnableDiagnostics", "0"),
        ];
        try
        {
            var run = await StartAsync(WineTool.Loader, [Path.Combine(output, "StepCaRenew.Wine.exe")], environment, RunPatience);
            return new WineResult(null, run.Output, run.Errors);
        }
        finally
        {
            await StartAsync(WineTool.Server, ["-k"], environment, RunPatience);
            await StartAsync(WineTool.Server, ["-w"], environment, RunPatience);
            Directory.Delete(prefix, recursive: true);
        }
    }

    private static async Task<(int ExitCode, string Output, string Errors)> StartAsync(
        string program, string[] arguments, (string Name, string Value)[] environment, TimeSpan patience)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        // The services of Wine may keep the pipes open beyond the end of the program.
        using var time = new CancellationTokenSource(patience);
        var (output, errors) = (ReadAsync(process.StandardOutput, time.Token), ReadAsync(process.StandardError, time.Token));
        try
        {
            await process.WaitForExitAsync(time.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return (-1, $"'{program}' did not end within {patience.TotalSeconds} s.\n{await output}", await errors);
        }

        time.CancelAfter(TimeSpan.FromSeconds(2));
        return (process.ExitCode, await output, await errors);
    }

    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        try
        {
            while (await reader.ReadLineAsync(cancellationToken) is { } line)
                lines.Add(line.TrimEnd('\r'));
        }
        catch (OperationCanceledException)
        {
            // The output so far is complete.
        }

        return string.Join('\n', lines);
    }

    private static string Here([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}
