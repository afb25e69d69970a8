using StepCaRenew.FileSystem;

namespace StepCaRenew.Stores.Files;

/// <summary>Removes leftovers.</summary>
internal static class PairSweep
{
    /// <summary>Deletes a leftover, or a link in its place; one that cannot be deleted must not stop a renewal.</summary>
    /// <returns>False if it is still there.</returns>
    public static bool TryDelete(IVolume volume, string path)
    {
        try
        {
            volume.Delete(path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
