using StepCaRenew.FileSystem;

namespace StepCaRenew.Integration.Actions;

/// <summary>The file system, and what was done to it in which order.</summary>
internal sealed class RecordingVolume : IVolume
{
    private readonly Volume volume = new(new OpenFolders());

    public List<string> Calls { get; } = [];

    /// <summary>Makes a call fail as if the process had ended there.</summary>
    public Func<string, bool> Fails { get; init; } = _ => false;

    public byte[]? Read(string path) => volume.Read(path);

    public bool Exists(string path) => volume.Exists(path);

    public void RequireReplaceable(string target) => volume.RequireReplaceable(target);

    public IStagedFile CreateLike(string path, string model) => Do($"create {Name(path)}", () => new StagedFile(this, volume.CreateLike(path, model), Name(path)));

    public IStagedFile CreateOwn(string path) => Do($"create {Name(path)}", () => new StagedFile(this, volume.CreateOwn(path), Name(path)));

    public IStagedFile Create(string path, UnixFileMode mode) => Do($"create {Name(path)}", () => new StagedFile(this, volume.Create(path, mode), Name(path)));

    public bool HasRightsOf(string path, string model) => volume.HasRightsOf(path, model);

    public bool TryExchange(string one, string other) => Do($"exchange {Name(other)}", () => volume.TryExchange(one, other));

    public bool TryLink(string existing, string name) => Do($"link {Name(name)}", () => volume.TryLink(existing, name));

    public void Rename(string source, string target) => Do($"rename {Name(target)}", () => volume.Rename(source, target));

    public void Delete(string path) => Do($"delete {Name(path)}", () => volume.Delete(path));

    public void FlushFolder(string folder) => Do("flush", () => volume.FlushFolder(folder));

    private static string Name(string path) => Path.GetFileName(path);

    private void Do(string what, Action call) => Do(what, () =>
    {
        call();
        return true;
    });

    private T Do<T>(string what, Func<T> call)
    {
        Calls.Add(what);
        return Fails(what) ? throw new IOException("no more") : call();
    }

    private sealed class StagedFile(RecordingVolume recorder, IStagedFile file, string name) : IStagedFile
    {
        public void Write(ReadOnlySpan<byte> content)
        {
            recorder.Calls.Add($"write {name}");
            file.Write(content);
        }

        public void Flush() => recorder.Do($"flush {name}", file.Flush);

        public void Dispose() => file.Dispose();
    }
}
