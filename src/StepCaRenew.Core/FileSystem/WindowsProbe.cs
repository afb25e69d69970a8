using System.Runtime.Versioning;

namespace StepCaRenew.FileSystem;

/// <summary>The attempts on disk.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsProbe : IReplaceProbe
{
    /// <inheritdoc/>
    // Access rules, a share's rights, a write-protected volume and policies all have a say; only a file shows the sum of them.
    public bool TakesFiles(string folder)
    {
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose };
            using var file = new FileStream(Path.Combine(folder, $".{Guid.NewGuid():N}.stepcarenew-probe"), options);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public bool HasRightToReplace(string path)
    {
        try
        {
            WindowsRename.Probe(path);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
