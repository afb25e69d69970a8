using System.Runtime.Versioning;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Scheduling.Foreign;

/// <summary>Compares paths by the file that they lead to.</summary>
[SupportedOSPlatform("linux")]
internal static class SamePath
{
    /// <summary>The file at the end of all links; null if there is none.</summary>
    public static string? Resolve(string path)
    {
        try
        {
            return RealPath.Follow(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
