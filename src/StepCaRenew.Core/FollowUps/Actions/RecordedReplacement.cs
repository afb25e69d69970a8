using StepCaRenew.Certificates;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.FollowUps.Actions;

/// <summary>A replacement with the record of what is to follow it: what is owed must be on disk before the new certificate is.</summary>
internal static class RecordedReplacement
{
    /// <summary>Puts the record and then the new files in their places.</summary>
    /// <returns>False where somebody else had replaced a file; theirs stands, and nothing is owed.</returns>
    /// <exception cref="RenewalException">A file can't be replaced.</exception>
    public static async Task<bool> RunAsync(CertificatePair pair, PairReader reader, PairReplacement replacement, PairChange change, PendingNote note)
    {
        note.Put();
        try
        {
            var isReplaced = await replacement.CommitAsync(change.Certificate, change.Key).ConfigureAwait(false);
            if (isReplaced)
                note.Keep();
            return isReplaced;
        }
        catch
        {
            // What could be neither finished nor undone is the next run's to mend, and then the actions are owed.
            if (!IsStillOnDisk(pair, reader))
                note.Keep();
            throw;
        }
    }

    private static bool IsStillOnDisk(CertificatePair pair, PairReader reader)
    {
        try
        {
            return pair.IsStillOnDisk(reader.Open);
        }
        catch (RenewalException)
        {
            return false;
        }
    }
}
