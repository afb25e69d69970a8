using StepCaRenew.Certificates;

namespace StepCaRenew.StepCa;

/// <summary>The root certificates as <c>step</c> takes them: a file, a folder of files, or a comma-separated list of files.</summary>
internal static class RootFiles
{
    private const string What = "root certificate";

    /// <summary>Makes the paths absolute.</summary>
    /// <param name="root">What is configured.</param>
    /// <param name="folder">What relative paths are relative to; a full path.</param>
    public static string Absolute(string root, string folder)
    {
        var whole = Path.GetFullPath(root, folder);
        return Exists(whole) || !root.Contains(',', StringComparison.Ordinal) ? whole : string.Join(',', Parts(root).Select(part => Path.GetFullPath(part, folder)));
    }

    /// <summary>Reads the files, one after the other, and decodes nothing.</summary>
    /// <exception cref="RenewalException">A file is missing, or cannot be read.</exception>
    public static InputFile Read(string root)
    {
        if (Directory.Exists(root))
            return Join(root, FilesOf(root).Where(file => new FileInfo(file).Length > 0));
        return File.Exists(root) || !root.Contains(',', StringComparison.Ordinal) ? ReadOne(root) : Join(root, Parts(root));
    }

    private static InputFile Join(string root, IEnumerable<string> paths)
    {
        var files = paths.Select(ReadOne).ToList();
        if (files.Count == 0)
            throw new RenewalException(ErrorId.RootMissing, $"The folder '{root}' holds no {What}.", "Name the file or the folder with the CA's root certificate with -Root.");
        // Text, since DER cannot be joined; a DER file among several is passed over, as in step.
        var text = string.Join('\n', files.Select(file => TextFile.Decode(file.Bytes)));
        return new InputFile(root, TextFile.Encode(text), files.Max(file => file.LastWriteTime));
    }

    private static InputFile ReadOne(string path)
    {
        try
        {
            return InputFile.Read(path, What);
        }
        catch (RenewalException e) when (e.ErrorId == ErrorId.FileNotFound)
        {
            throw new RenewalException(ErrorId.RootMissing, $"The CA's root certificate '{path}' is not there.", "Run 'step ca bootstrap' as this user, or give -Root.", e);
        }
    }

    // In one order, so that the same folder is the same roots; other entries, such as Kubernetes' "..data", are not files.
    private static List<string> FilesOf(string folder)
    {
        try
        {
            return Directory.EnumerateFiles(folder).Where(File.Exists).Order(StringComparer.Ordinal).ToList();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RenewalException(ErrorId.AccessDenied, $"The folder of root certificates '{folder}' cannot be read: {e.Message}", "Give this user the right to read it.", e);
        }
    }

    private static string[] Parts(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static bool Exists(string path) => File.Exists(path) || Directory.Exists(path);
}
