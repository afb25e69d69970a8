namespace StepCaRenew.HelpBuilder;

/// <summary>The help files as the Markdown gives them, and as they are on disk.</summary>
internal sealed class HelpFiles
{
    private const string MamlName = "StepCaRenew.Cmdlets.dll-Help.xml";

    private readonly SortedDictionary<string, string> _files = new(StringComparer.Ordinal);
    private readonly string _folder;

    private HelpFiles(string folder) => _folder = folder;

    public static HelpFiles Generate(string root)
    {
        var docs = Path.Combine(root, "docs");
        var help = new HelpFiles(Path.Combine(root, "en-US"));
        var errors = new List<Exception>();
        var pages = ReadAll(Path.Combine(docs, "commands"), "*.md", CommandPageReader.Read, errors);
        if (pages.Count == 0 && errors.Count == 0)
            throw new PageException(Path.Combine(docs, "commands"), 0, "there are no pages");
        help._files[MamlName] = MamlWriter.Write(pages.Select(page => page.Page));
        foreach (var (file, text) in ReadAll(docs, "about_*.md", AboutWriter.Write, errors))
            help._files[Path.GetFileNameWithoutExtension(file) + ".help.txt"] = text;
        return errors.Count == 0 ? help : throw new AggregateException(errors);
    }

    public int Save()
    {
        Directory.CreateDirectory(_folder);
        foreach (var (name, text) in _files.Where(file => !IsCurrent(file.Key, file.Value)))
        {
            File.WriteAllText(Path.Combine(_folder, name), text);
            Console.WriteLine($"written: {Path.Combine(_folder, name)}");
        }
        foreach (var stray in Strays())
        {
            File.Delete(stray);
            Console.WriteLine($"deleted: {stray}");
        }
        return 0;
    }

    public int Check()
    {
        var wrong = _files.Where(file => !IsCurrent(file.Key, file.Value)).Select(file => Path.Combine(_folder, file.Key))
            .Concat(Strays()).ToList();
        foreach (var file in wrong)
            Console.Error.WriteLine($"{file}: not what the pages in docs give; write it with ./build.sh help and commit it");
        return wrong.Count == 0 ? 0 : 1;
    }

    private bool IsCurrent(string name, string text)
    {
        var file = Path.Combine(_folder, name);
        return File.Exists(file) && File.ReadAllText(file).ReplaceLineEndings("\n") == text;
    }

    /// <summary>Help whose page is gone.</summary>
    private IEnumerable<string> Strays() =>
        Directory.Exists(_folder)
            ? Directory.EnumerateFiles(_folder).Where(file => !_files.ContainsKey(Path.GetFileName(file))).Order(StringComparer.Ordinal)
            : [];

    private static List<(string File, T Page)> ReadAll<T>(string folder, string pattern, Func<string, T> read, List<Exception> errors)
    {
        var pages = new List<(string, T)>();
        if (!Directory.Exists(folder))
            return pages;
        foreach (var file in Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal))
        {
            try
            {
                pages.Add((file, read(file)));
            }
            catch (PageException exception)
            {
                errors.Add(exception);
            }
        }
        return pages;
    }
}
