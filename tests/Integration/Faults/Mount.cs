using StepCaRenew.Integration.Engine;

namespace StepCaRenew.Integration.Faults;

/// <summary>A mount of one test, gone after it.</summary>
internal sealed class Mount : IDisposable
{
    private readonly string at;

    private Mount(string at) => this.at = at;

    public static Mount Tmpfs(string at, string options)
    {
        Tool.RequireRoot();
        Directory.CreateDirectory(at);
        Tool.Run("mount", "-t", "tmpfs", "-o", options, "stepcarenew-test", at);
        return new(at);
    }

    /// <summary>A file that is mounted over itself, as containers do.</summary>
    public static Mount File(string path)
    {
        Tool.RequireRoot();
        Tool.Run("mount", "--bind", path, path);
        return new(path);
    }

    public void MakeReadOnly() => Tool.Run("mount", "-o", "remount,ro", at);

    public void MakeWritable() => Tool.Run("mount", "-o", "remount,rw", at);

    public void Dispose() => Tool.Run("umount", "-l", at);
}
