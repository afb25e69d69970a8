using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Scheduling.Foreign;

/// <summary>Finds running <c>step ca renew --daemon</c> by the command lines of all processes.</summary>
[SupportedOSPlatform("linux")]
internal static class RenewDaemons
{
    public static IEnumerable<string> Find(LinuxPaths paths, string certificate)
    {
        if (!Directory.Exists(paths.Proc))
            return [];
        return Directory.EnumerateDirectories(paths.Proc)
            .Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0]))
            .Select(folder => new ProcessFiles(folder))
            .Where(process => Renews(process, certificate))
            .Select(process => $"The process {process.Id} (step ca renew --daemon) also renews '{certificate}', with the key that it loaded at its start. Stop it, and disable what starts it, before this renewal takes over.");
    }

    private static bool Renews(ProcessFiles process, string certificate)
    {
        var words = process.CommandLine;
        // Only step itself, not its parents (sudo, a shell).
        return words.Count > 0 && Path.GetFileName(words[0]).StartsWith("step", StringComparison.Ordinal)
            && StepCommand.Parse(words) is { } command
            && command.Files.Any(file => SamePath.Resolve(process.FullPath(file)) == certificate)
            && IsDaemon(process, command);
    }

    // The order of step: command line, environment, configuration.
    private static bool IsDaemon(ProcessFiles process, StepCommand command) =>
        command.Daemon ?? (process.Variable("STEP_DAEMON") is { } variable ? StepCommand.IsTrue(variable) : IsConfigured(process));

    private static bool IsConfigured(ProcessFiles process)
    {
        try
        {
            var options = new CaOptions { StepPath = process.FullPath(process.Variable("STEPPATH") ?? Path.Combine(process.Variable("HOME") ?? "/root", ".step")) };
            return StepFolder.Find(options, process.Variable).DefaultsFiles.Where(File.Exists).Select(file => StepJson.Read(file, IsDaemon)).LastOrDefault(one => one is not null) == true;
        }
        catch (RenewalException)
        {
            // With a configuration that cannot be read, step would not have started.
            return false;
        }
    }

    private static bool? IsDaemon(JsonElement defaults) => !defaults.TryGetProperty("daemon", out var value) ? null
        : value.ValueKind == JsonValueKind.True || (value.ValueKind == JsonValueKind.String && StepCommand.IsTrue(value.GetString()));
}

/// <summary>The files of a process in proc(5); empty if it has ended or belongs to another user.</summary>
/// <param name="folder">Its folder, such as /proc/77.</param>
[SupportedOSPlatform("linux")]
internal sealed class ProcessFiles(string folder)
{
    /// <summary>The id of the process.</summary>
    public string Id => Path.GetFileName(folder);

    /// <summary>The command line of the process, word by word.</summary>
    public IReadOnlyList<string> CommandLine => Read("cmdline");

    /// <summary>A variable of the environment that it was started with; null if it is empty or not set.</summary>
    public string? Variable(string name) =>
        Read("environ").FirstOrDefault(one => one.StartsWith(name + '=', StringComparison.Ordinal))?[(name.Length + 1)..] is { Length: > 0 } value ? value : null;

    /// <summary>A path of its command line as a full path. If its folder cannot be read, full paths still work.</summary>
    public string FullPath(string path)
    {
        try
        {
            return Path.Combine(new FileInfo(Path.Combine(folder, "cwd")).LinkTarget ?? "/proc/unknown", path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Path.Combine("/proc/unknown", path);
        }
    }

    private string[] Read(string name)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(folder, name))).Split('\0');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
