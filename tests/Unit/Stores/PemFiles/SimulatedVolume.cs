using System.Globalization;
using System.Text;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Unit.Stores.PemFiles;

/// <summary>
/// A file system in memory with a page cache and a disk. A flushed change is on the disk; of all others any part may be
/// missing after a power loss: content may be absent or half there, and of the changes to a folder any subset may have
/// reached the disk, in any order. One rename or one exchange is whole or not at all, as file systems promise.
/// </summary>
internal sealed class SimulatedVolume : IVolume
{
    private readonly Dictionary<string, int> cache = [];
    private readonly Dictionary<string, int> disk = [];
    private readonly List<(string Folder, (string Name, int? File)[] Sets)> unflushed = [];
    private readonly Dictionary<int, (byte[] Content, bool IsFlushed)> files = [];
    private int next;

    public bool CanExchange { get; init; } = true;

    public bool CanLink { get; init; } = true;

    /// <summary>Called before every call; an exception from it is the failure of that call.</summary>
    public Action<string>? Before { get; set; }

    /// <summary>Whether the leftovers of a crash have other rights than the files in their place.</summary>
    public bool HaveLeftoversOtherRights { get; init; }

    /// <summary>Called at every moment at which the machine may stop.</summary>
    public Action? Moment { get; set; }

    /// <summary>The flushes that do nothing.</summary>
    public Func<string, bool> IsSwallowed { get; set; } = _ => false;

    public IEnumerable<string> Names => cache.Keys.Order(StringComparer.Ordinal);

    /// <summary>Equal for two states if everything that can follow is equal.</summary>
    public string Signature
    {
        get
        {
            var text = new StringBuilder();
            foreach (var (name, file) in cache.OrderBy(entry => entry.Key, StringComparer.Ordinal))
                text.Append(CultureInfo.InvariantCulture, $"{name}={Describe(file)};");
            foreach (var (_, sets) in unflushed)
            {
                text.Append('|');
                foreach (var (name, file) in sets)
                    text.Append(CultureInfo.InvariantCulture, $"{name}={(file is { } number ? Describe(number) : "-")};");
            }

            return text.ToString();
        }
    }

    /// <summary>Puts a whole file there, as somebody else does: flushed, by rename.</summary>
    public void Place(string path, byte[] content)
    {
        cache[path] = disk[path] = ++next;
        files[next] = (content, true);
        unflushed.RemoveAll(change => change.Sets.All(set => set.Name == path));
    }

    /// <summary>Puts a whole file there by rename, and flushes nothing.</summary>
    public void Replace(string path, byte[] content)
    {
        files[++next] = (content, true);
        Change(path, (path, next));
    }

    public byte[]? Peek(string path) => cache.TryGetValue(path, out var file) ? files[file].Content : null;

    /// <summary>A copy of the volume at this moment: the process was killed, but the machine still runs.</summary>
    public SimulatedVolume Clone()
    {
        var clone = new SimulatedVolume { CanExchange = CanExchange, CanLink = CanLink, HaveLeftoversOtherRights = HaveLeftoversOtherRights, next = next };
        Copy(cache, clone.cache);
        Copy(disk, clone.disk);
        Copy(files, clone.files);
        clone.unflushed.AddRange(unflushed);
        return clone;
    }

    /// <summary>Everything that may be on the disk if the power goes now.</summary>
    public IEnumerable<SimulatedVolume> CutPower()
    {
        for (var kept = 0; kept < 1 << unflushed.Count; kept++)
        {
            var names = new Dictionary<string, int>(disk);
            for (var i = 0; i < unflushed.Count; i++)
            {
                if ((kept & (1 << i)) != 0)
                    Apply(names, unflushed[i].Sets);
            }

            foreach (var contents in Contents([.. names.Values.Distinct().Where(file => !files[file].IsFlushed)]))
            {
                var left = new SimulatedVolume { CanExchange = CanExchange, CanLink = CanLink, HaveLeftoversOtherRights = HaveLeftoversOtherRights, next = next };
                Copy(names, left.cache);
                Copy(names, left.disk);
                foreach (var file in names.Values.Distinct())
                    left.files[file] = (contents.TryGetValue(file, out var content) ? content : files[file].Content, true);
                yield return left;
            }
        }
    }

    public byte[]? Read(string path)
    {
        Before?.Invoke($"read {path}");
        return Peek(path);
    }

    public bool Exists(string path)
    {
        Before?.Invoke($"exists {path}");
        return cache.ContainsKey(path);
    }

    public void RequireReplaceable(string target) => Before?.Invoke($"probe {target}");

    public IStagedFile CreateLike(string path, string model) => cache.ContainsKey(model) ? CreateOwn(path) : throw new FileNotFoundException(null, model);

    public IStagedFile CreateOwn(string path)
    {
        Before?.Invoke($"create {path}");
        if (cache.ContainsKey(path))
            throw new IOException($"The file '{path}' already exists.");
        files[++next] = ([], false);
        Change(path, (path, next));
        return new Staged(this, path, next);
    }

    public IStagedFile Create(string path, UnixFileMode mode) => CreateOwn(path);

    public bool HasRightsOf(string path, string model) => !HaveLeftoversOtherRights;

    public bool TryExchange(string one, string other)
    {
        Before?.Invoke($"exchange {other}");
        if (!CanExchange)
            return false;
        Change(one, (one, Find(other)), (other, Find(one)));
        return true;
    }

    public bool TryLink(string existing, string name)
    {
        Before?.Invoke($"link {name}");
        if (!CanLink || cache.ContainsKey(name) || !cache.ContainsKey(existing))
            return false;
        Change(name, (name, Find(existing)));
        return true;
    }

    public void Rename(string source, string target)
    {
        Before?.Invoke($"rename {target}");
        Change(target, (target, Find(source)), (source, null));
    }

    public void Delete(string path)
    {
        Before?.Invoke($"delete {path}");
        if (cache.ContainsKey(path))
            Change(path, (path, null));
    }

    public void FlushFolder(string folder)
    {
        var call = $"flush {folder}";
        Before?.Invoke(call);
        if (IsSwallowed(call))
            return;
        foreach (var (_, sets) in unflushed.Where(change => change.Folder == folder))
            Apply(disk, sets);
        unflushed.RemoveAll(change => change.Folder == folder);
        Moment?.Invoke();
    }

    private int Find(string path) => cache.TryGetValue(path, out var file) ? file : throw new FileNotFoundException(null, path);

    private string Describe(int file) => $"{Convert.ToHexString(files[file].Content.AsSpan()[..Math.Min(8, files[file].Content.Length)])}{files[file].Content.Length}#{files[file].Content.AsSpan().GetContentHash()}{files[file].IsFlushed}";

    private void Change(string path, params (string Name, int? File)[] sets)
    {
        Apply(cache, sets);
        unflushed.Add((Path.GetDirectoryName(path)!, sets));
        Moment?.Invoke();
    }

    private static void Apply(Dictionary<string, int> names, (string Name, int? File)[] sets)
    {
        foreach (var (name, file) in sets)
        {
            if (file is { } number)
                names[name] = number;
            else
                names.Remove(name);
        }
    }

    private static void Copy<TKey, TValue>(Dictionary<TKey, TValue> from, Dictionary<TKey, TValue> to) where TKey : notnull
    {
        foreach (var (key, value) in from)
            to[key] = value;
    }

    // Nothing, half, or all of each.
    private IEnumerable<Dictionary<int, byte[]>> Contents(int[] unwritten)
    {
        IEnumerable<Dictionary<int, byte[]>> all = [[]];
        foreach (var file in unwritten)
        {
            var content = files[file].Content;
            byte[][] choices = content.Length == 0 ? [content] : [[], content[..(content.Length / 2)], content];
            all = all.SelectMany(one => choices.Select(choice => new Dictionary<int, byte[]>(one) { [file] = choice })).ToList();
        }

        return all;
    }

    private sealed class Staged(SimulatedVolume volume, string path, int file) : IStagedFile
    {
        public void Write(ReadOnlySpan<byte> content)
        {
            volume.Before?.Invoke($"write {path}");
            foreach (var part in new[] { content[..(content.Length / 2)].ToArray(), content.ToArray() })
            {
                volume.files[file] = (part, false);
                volume.Moment?.Invoke();
            }
        }

        public void Flush()
        {
            var call = $"flush {path}";
            volume.Before?.Invoke(call);
            if (volume.IsSwallowed(call))
                return;
            volume.files[file] = (volume.files[file].Content, true);
            volume.Moment?.Invoke();
        }

        public void Dispose()
        {
        }
    }
}

file static class ContentHash
{
    public static int GetContentHash(this Span<byte> content)
    {
        var hash = default(HashCode);
        hash.AddBytes(content);
        return hash.ToHashCode();
    }
}
