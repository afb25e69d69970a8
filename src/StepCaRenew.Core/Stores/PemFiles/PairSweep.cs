using StepCaRenew.FileSystem;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>Takes away what lies at the fixed names.</summary>
internal static class PairSweep
{
    /// <summary>Deletes a leftover, or the link in its place; one that can't be deleted never stops a renewal.</summary>
    /// <returns>False where it is still there.</returns>
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
