using System.Collections.ObjectModel;
using System.Management.Automation;
using StepCaRenew.Inspection;
using StepCaRenew.Stores.WindowsStore;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>Resolves path parameters, with wildcards, folders and provider prefixes, to files.</summary>
internal sealed class CertificatePathResolver(PSCmdlet cmdlet, FolderOptions folders)
{
    /// <summary>The files of one path.</summary>
    /// <param name="path">The path.</param>
    /// <param name="isLiteral">Whether wildcards have no meaning in it.</param>
    /// <param name="onUnreadable">Receives the errors of folders that cannot be read, while the others are searched.</param>
    /// <exception cref="RenewalException">It is empty, not in the file system, or a folder that cannot be read.</exception>
    public IReadOnlyList<FoundPath> Resolve(string? path, bool isLiteral, Action<RenewalException> onUnreadable)
    {
        if (string.IsNullOrEmpty(path))
            throw Empty("The path of a certificate is empty.");
        if (StoreCertificatePath.IsInStore(path))
            return [new FoundPath(StoreCertificatePath.Parse(path).Text, IsNamed: true)];
        var search = new CertificateSearch(folders.Recurse, folders.FollowLinks, onUnreadable, folders.Exclude);
        if (!isLiteral && WildcardPattern.ContainsWildcardCharacters(path))
        {
            ResolvePattern(path, search, onUnreadable);
        }
        else
        {
            var full = isLiteral ? ResolveLiteral(path) : ResolveEscaped(path);
            if (!Directory.Exists(full))
                return [new FoundPath(full, IsNamed: true)];
            search.AddFolder(full);
        }

        return [.. search.Files.Select(file => new FoundPath(file, IsNamed: false))];
    }

    /// <summary>The full path of a file, which need not exist.</summary>
    /// <exception cref="RenewalException">It is not in the file system.</exception>
    public string ResolveLiteral(string path)
    {
        try
        {
            var full = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            return provider.Name == "FileSystem" && full.Length > 0 ? Normalized(full) : throw NotAFile(path, null);
        }
        catch (Exception e) when (e is System.Management.Automation.DriveNotFoundException or ProviderNotFoundException or ProviderInvocationException or NotSupportedException)
        {
            throw NotAFile(path, e);
        }
    }

    // PowerShell does not normalize a path after FileSystem::, such as C:/x.crt. The path of a device stays as the user wrote it.
    private static string Normalized(string path) =>
        OperatingSystem.IsWindows() && System.IO.Path.GetFullPath(path) is var full && !full.StartsWith(@"\\.\", StringComparison.Ordinal) ? full : path;

    /// <summary>The error of a path that is empty.</summary>
    public static RenewalException Empty(string message) => new(ErrorId.PathEmpty, message, "Give the path of the file; check the variable, property or column that it comes from.");

    // Completion writes x`[1`].crt for x[1].crt; a backtick can also be part of the name.
    private string ResolveEscaped(string path)
    {
        var full = ResolveLiteral(path);
        return Path.Exists(full) ? full : ResolveLiteral(WildcardPattern.Unescape(path));
    }

    private void ResolvePattern(string path, CertificateSearch search, Action<RenewalException> onUnreadable)
    {
        var found = FindMatches(path);
        if (found.Count == 0)
            RequireReadable(path);
        foreach (var match in found)
        {
            if (!Directory.Exists(match))
            {
                search.AddFile(match);
                continue;
            }

            try
            {
                search.AddFolder(match);
            }
            catch (RenewalException e)
            {
                onUnreadable(e);
            }
        }
    }

    private Collection<string> FindMatches(string path)
    {
        try
        {
            var found = cmdlet.SessionState.Path.GetResolvedProviderPathFromPSPath(WithBackslashes(path), out var provider);
            if (provider.Name != "FileSystem")
                throw NotAFile(path, null);
            // A file can have brackets in its name.
            found = new(found.Select(Normalized).ToList());
            return found.Count > 0 || ResolveLiteral(path) is not { } literal || !File.Exists(literal) ? found : [literal];
        }
        // Windows also reports names that it does not allow.
        catch (Exception e) when (e is ItemNotFoundException || (e is IOException && OperatingSystem.IsWindows()))
        {
            return [];
        }
        catch (Exception e) when (e is System.Management.Automation.DriveNotFoundException or ProviderNotFoundException or ProviderInvocationException or NotSupportedException)
        {
            throw NotAFile(path, e);
        }
    }

    // With a slash in it, PowerShell for Windows takes a pattern after FileSystem:: for the name of one file.
    private static string WithBackslashes(string pattern) =>
        OperatingSystem.IsWindows() && pattern.Contains("::", StringComparison.Ordinal) ? pattern.Replace('/', '\\') : pattern;

    // PowerShell does not report a folder that it cannot read; it only finds nothing there.
    private void RequireReadable(string pattern)
    {
        var folder = ResolveLiteral(pattern);
        while (WildcardPattern.ContainsWildcardCharacters(folder) && Path.GetDirectoryName(folder) is { } parent)
            folder = parent;
        if (Directory.Exists(folder))
            new CertificateSearch(recurse: false, followLinks: false, _ => { }).AddFolder(folder);
    }

    private static RenewalException NotAFile(string path, Exception? e) => new(
        ErrorId.NotAFileSystemPath, $"'{path}' is not a path of the file system.", "Name a file or a folder.", e);
}

/// <summary>How folders are searched.</summary>
/// <param name="Recurse">Whether the folders in a folder are searched as well.</param>
/// <param name="FollowLinks">Whether folders that are links are searched as well.</param>
/// <param name="Exclude">Names of files and subfolders that are left out; wildcards are allowed.</param>
// A class: PowerShell looks at the cmdlets' fields before Core can be loaded, and this one knows nothing of Core.
internal sealed record FolderOptions(bool Recurse, bool FollowLinks, string[]? Exclude = null);

/// <summary>A file that a path parameter named or found.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="IsNamed">True if the user named it; false if a folder or a pattern found it, so it can be something else.</param>
internal sealed record FoundPath(string Path, bool IsNamed);
