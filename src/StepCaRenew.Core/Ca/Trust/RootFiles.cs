using StepCaRenew.Certificates.Pem;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Ca.Trust;

/// <summary>Reads the root certificates from a file, a folder or a comma-separated list of files, as <c>step</c> does.</summary>
internal static class RootFiles
{
    private const string What = "root certificate";

    /// <summary>Makes the configured path or paths absolute; <paramref name="folder"/> is the base of relative ones.</summary>
    public static string Absolute(string root, string folder)
    {
        var whole = Path.GetFullPath(root, folder);
        return Exists(whole) || !root.Contains(',', StringComparison.Ordinal) ? whole : string.Join(',', Parts(root).Select(part => Path.GetFullPath(part, folder)));
    }

    /// <summary>Reads and joins the files, without decoding them.</summary>
    /// <exception cref="RenewalException">A file is missing, or cannot be read.</exception>
    public static InputFile Read(string root)
    {
        if (Directory.Exists(root))
            return Join(root, FilesOf(root).Where(file => new FileInfo(file).Length > 0));
        return File.Exists(root) || !root.Contains(',', StringComparison.Ordinal) ? ReadOne(root) : Join(root, Parts(root));
    }

    /// <summary>The same with the followed roots, if there are any.</summary>
    /// <inheritdoc cref="Read(string)"/>
    public static InputFile Read(string root, string? followed)
    {
        var file = Read(root);
        return RootFollower.ReadFile(followed) is { } more
            ? file with { Bytes = TextFile.Encode($"{TextFile.Decode(file.Bytes)}\n{TextFile.Decode(more)}") }
            : file;
    }

    private static InputFile Join(string root, IEnumerable<string> paths)
    {
        var files = paths.Select(ReadOne).ToList();
        if (files.Count == 0)
            throw new RenewalException(ErrorId.RootMissing, $"The folder '{root}' holds no {What}.", "Name the file or the folder with the CA's root certificate with -Root.");
        // Only PEM can be joined; a DER file among several is skipped, as in step.
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
            throw new RenewalException(ErrorId.RootMissing, $"The CA's root certificate '{path}' does not exist.", "Run Initialize-StepContext as this user, or give -Root.", e);
        }
    }

    // Sorted, so that an unchanged folder gives the same bytes. Entries such as Kubernetes' "..data" are not files.
    private static List<string> FilesOf(string folder)
    {
        try
        {
            return Directory.EnumerateFiles(folder).Where(File.Exists).Order(StringComparer.Ordinal).ToList();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RenewalException(ErrorId.AccessDenied, $"The folder of root certificates '{folder}' cannot be read: {e.Message}", "Give this user read permission.", e);
        }
    }

    private static string[] Parts(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static bool Exists(string path) => File.Exists(path) || Directory.Exists(path);
}
