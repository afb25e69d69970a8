namespace StepCaRenew.Cmdlets.Support;

/// <summary>
/// The short names by which the messages of a batch tell its certificates apart: the file's name, and with as many of
/// its folders as it takes if another file of the batch has the same name.
/// </summary>
/// <param name="isOpenEnded">Whether more may come through the pipeline: then even the first certificate is one of a batch.</param>
internal sealed class BatchNames(bool isOpenEnded)
{
    private static readonly char[] Separators = [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar];

    private readonly Dictionary<string, SameName> names = new(StringComparer.OrdinalIgnoreCase);
    private int count;

    /// <summary>Adds the files that are worked on next.</summary>
    /// <param name="inputs">The files.</param>
    public void Add(IReadOnlyList<CertificateInput> inputs)
    {
        count += inputs.Count;
        foreach (var path in inputs.Select(input => input.Path))
        {
            var name = NameOf(path);
            if (!names.TryGetValue(name, out var same))
                names[name] = same = new SameName();
            same.Add(path);
        }
    }

    /// <summary>The name of a file; null in a call that is not a batch.</summary>
    /// <param name="path">The full path.</param>
    public string? Of(string path) =>
        count < 2 && !isOpenEnded ? null : names.TryGetValue(NameOf(path), out var same) ? Tail(path, same.Depth) : path;

    private static string NameOf(string path) => Path.GetFileName(Path.TrimEndingDirectorySeparator(path));

    // The last parts of a path.
    private static string Tail(string path, int parts)
    {
        path = Path.TrimEndingDirectorySeparator(path);
        var start = path.Length;
        for (; parts > 0 && start > 0; parts--)
            start = path.LastIndexOfAny(Separators, start - 1);
        return start <= 0 ? path : path[(start + 1)..];
    }

    // The files of one name.
    private sealed class SameName
    {
        private readonly HashSet<string> paths = new(StringComparer.Ordinal);
        private int depth;

        /// <summary>How many parts of a path tell these files apart.</summary>
        public int Depth
        {
            get
            {
                var longest = depth > 0 ? 0 : paths.Max(path => path.Split(Separators).Length);
                while (depth == 0 || (depth < longest && paths.DistinctBy(path => Tail(path, depth)).Count() < paths.Count))
                    depth++;
                return depth;
            }
        }

        public void Add(string path)
        {
            if (paths.Add(path))
                depth = 0;
        }
    }
}
