using System.Runtime.Versioning;
using System.Text;

namespace StepCaRenew.Scheduling.Foreign;

/// <summary>The files of a process in proc(5); empty if it has ended or belongs to another user.</summary>
/// <param name="folder">Its folder, such as /proc/77.</param>
[SupportedOSPlatform("linux")]
internal sealed class ProcessFiles(string folder)
{
    /// <summary>Its number.</summary>
    public string Id => Path.GetFileName(folder);

    /// <summary>Its command line, word by word.</summary>
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
