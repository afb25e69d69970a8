using System.Collections.ObjectModel;
using System.Management.Automation;
using StepCaRenew.Certificates;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>Leads path parameters, with wildcards, folders and provider prefixes, to files.</summary>
internal sealed class CertificatePathResolver(PSCmdlet cmdlet, bool recurse)
{
    /// <summary>The files of one path.</summary>
    /// <exception cref="RenewalException">It is not in the file system.</exception>
    public IEnumerable<FoundPath> Resolve(string path, bool isLiteral) =>
        !isLiteral && WildcardPattern.ContainsWildcardCharacters(path)
            ? ResolvePattern(path).SelectMany(found => Expand(found, isNamed: false))
            : Expand(isLiteral ? ResolveLiteral(path) : ResolveEscaped(path), isNamed: true);

    /// <summary>The full path of a file, which need not exist.</summary>
    /// <exception cref="RenewalException">It is not in the file system.</exception>
    public string ResolveLiteral(string path)
    {
        try
        {
            var full = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            return provider.Name == "FileSystem" ? full : throw NotAFile(path, null);
        }
        catch (Exception e) when (e is System.Management.Automation.DriveNotFoundException or ProviderNotFoundException or ProviderInvocationException or NotSupportedException)
        {
            throw NotAFile(path, e);
        }
    }

    // Completion writes x`[1`].crt for x[1].crt; a backtick may also be part of the very name.
    private string ResolveEscaped(string path)
    {
        var full = ResolveLiteral(path);
        return Path.Exists(full) ? full : ResolveLiteral(WildcardPattern.Unescape(path));
    }

    private Collection<string> ResolvePattern(string path)
    {
        try
        {
            var found = cmdlet.SessionState.Path.GetResolvedProviderPathFromPSPath(path, out var provider);
            if (provider.Name != "FileSystem")
                throw NotAFile(path, null);
            // A file may have brackets in its very name.
            return found.Count > 0 || ResolveLiteral(path) is not { } literal || !File.Exists(literal) ? found : [literal];
        }
        catch (ItemNotFoundException)
        {
            return [];
        }
        catch (Exception e) when (e is System.Management.Automation.DriveNotFoundException or ProviderNotFoundException)
        {
            throw NotAFile(path, e);
        }
    }

    private IEnumerable<FoundPath> Expand(string path, bool isNamed) =>
        Directory.Exists(path)
            ? CertificateFolder.Files(path, recurse).Select(file => new FoundPath(file, IsNamed: false))
            : [new FoundPath(path, isNamed)];

    private static RenewalException NotAFile(string path, Exception? e) => new(
        ErrorId.NotAFileSystemPath, $"'{path}' is not a path of the file system.", "Name a file or folder of the file system.", e);
}
