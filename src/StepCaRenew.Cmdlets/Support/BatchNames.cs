namespace StepCaRenew.Cmdlets.Support;

/// <summary>
/// The short names of the certificates of a batch, for messages: the name of the file, with as many of its folders as are
/// needed to distinguish it from other files of the batch.
/// </summary>
/// <param name="isOpenEnded">Whether more can come through the pipeline: then the first certificate already belongs to a batch.</param>
internal sealed class BatchNames(bool isOpenEnded)
{
    private static readonly char[] Separators = [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar];

    private readonly Dictionary<string, SameName> names = new(StringComparer.OrdinalIgnoreCase);
    private int count;

    /// <summary>Adds files that are worked on next.</summary>
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

    /// <summary>The name for the full path of a file; null if the call is not a batch.</summary>
    public string? For(string path) =>
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

        /// <summary>How many parts of their paths distinguish these files.</summary>
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
