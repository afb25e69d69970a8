using Microsoft.Extensions.Logging;
using StepCaRenew.Certificates;
using StepCaRenew.Files;
using StepCaRenew.Logging;
using StepCaRenew.Pairs;

namespace StepCaRenew.Actions;

/// <summary>Takes what was done out of the record.</summary>
internal sealed class PendingClearance(IVolume volume, TimeProvider clock, ILogger logger)
{
    /// <summary>Takes actions out, if the certificate that they were done for is still there: a newer one is owed them again.</summary>
    /// <param name="owed">What the run owed.</param>
    /// <param name="done">The hashes of what was done.</param>
    /// <returns>Whether the record says so now.</returns>
    public async Task<bool> RunAsync(OwedActions owed, IReadOnlySet<string> done)
    {
        if (done.Count == 0)
            return false;
        var file = new PendingFile(volume, owed.Paths);
        try
        {
            // No lock was held over the actions, which may take long and may look at the pair themselves.
            using var pairLock = await PairLock.TakeAsync(owed.Paths, owed.LockTimeout, clock, logger, CancellationToken.None).ConfigureAwait(false);
            if (!file.Exists)
                return true;
            if (SerialNumber(owed.Paths.Certificate) != owed.Subject.SerialNumber)
                return false;
            file.Write([.. (file.Read() ?? []).Where(entry => !done.Contains(entry.Hash))]);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or RenewalException)
        {
            ActionLog.PendingNotChanged(logger, owed.Paths.Pending, e.Message);
            return false;
        }
    }

    private string? SerialNumber(string path)
    {
        if (volume.Read(path) is not { } bytes)
            return null;
        using var certificate = CertificateFile.Parse(new InputFile(path, bytes, default));
        return certificate.Leaf.SerialNumber;
    }
}
