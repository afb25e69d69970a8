using System.Runtime.Versioning;

namespace StepCaRenew.FileSystem;

/// <summary>Makes the attempts on disk.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsProbe : IReplaceProbe
{
    /// <inheritdoc/>
    // Access lists, rights of a share, a write-protected volume and policies all count, so only creating a file shows the answer.
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
