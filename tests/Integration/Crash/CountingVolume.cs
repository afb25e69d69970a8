using StepCaRenew.FileSystem;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Integration.Crash;

/// <summary>
/// The real file system, call by call: something happens at the n-th point, which lies before each call, and in the
/// middle of each write. The moment after one call is the moment before the next. A new step of a replacement is a new point by itself.
/// </summary>
/// <param name="inner">The file system.</param>
/// <param name="at">The point, from 1 on; 0 for none.</param>
internal abstract class CountingVolume(IVolume inner, int at) : IVolume
{
    private bool isOver;

    /// <summary>How many points there were.</summary>
    public int Points { get; private set; }

    public byte[]? Read(string path)
    {
        Count();
        return inner.Read(path);
    }

    public bool Exists(string path)
    {
        Count();
        return inner.Exists(path);
    }

    public virtual void RequireReplaceable(string target)
    {
        Count();
        inner.RequireReplaceable(target);
    }

    public IStagedFile CreateLike(string path, string model)
    {
        Count();
        return new Staged(this, inner.CreateLike(path, model));
    }

    public IStagedFile CreateOwn(string path)
    {
        Count();
        return new Staged(this, inner.CreateOwn(path));
    }

    public IStagedFile Create(string path, UnixFileMode mode)
    {
        Count();
        return new Staged(this, inner.Create(path, mode));
    }

    public bool HasRightsOf(string path, string model)
    {
        Count();
        return inner.HasRightsOf(path, model);
    }

    public virtual bool TryExchange(string one, string other)
    {
        Count();
        return inner.TryExchange(one, other);
    }

    public bool TryLink(string existing, string name)
    {
        Count();
        return inner.TryLink(existing, name);
    }

    public void Rename(string source, string target)
    {
        Count();
        inner.Rename(source, target);
    }

    public void Delete(string path)
    {
        Count();
        inner.Delete(path);
    }

    public void FlushFolder(string folder)
    {
        Count();
        inner.FlushFolder(folder);
    }

    /// <summary>Ends the process, or what stands for one.</summary>
    protected abstract void Crash();

    /// <summary>From now on every call is a crash.</summary>
    protected void Die() => isOver = true;

    protected void Count()
    {
        Points++;
        isOver |= Points == at;
        if (isOver)
            Crash();
    }

    private sealed class Staged(CountingVolume volume, IStagedFile inner) : IStagedFile
    {
        public void Write(ReadOnlySpan<byte> content)
        {
            volume.Count();
            inner.Write(content[..(content.Length / 2)]);
            volume.Count();
            inner.Write(content[(content.Length / 2)..]);
        }

        public void Flush()
        {
            volume.Count();
            inner.Flush();
        }

        public void Dispose() => inner.Dispose();
    }
}
