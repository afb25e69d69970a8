using Microsoft.Extensions.Logging;
using StepCaRenew.Certificates;
using StepCaRenew.FileSystem;
using StepCaRenew.Logging;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.FollowUps.Actions;

/// <summary>Makes the record say what is still owed, once the actions of a call have been run.</summary>
internal sealed class PendingClearance(Func<OpenFolders, IVolume> volumes, TimeProvider clock, ILogger logger)
{
    /// <summary>
    /// Takes actions out, if the certificate that they were done for is still there: a newer one is owed them again. A
    /// record that has gone meanwhile is written anew with what was not done.
    /// </summary>
    /// <param name="owed">What the run owed.</param>
    /// <param name="done">The hashes of what was done.</param>
    /// <returns>Whether anything is still owed by the record.</returns>
    public async Task<bool> RunAsync(OwedActions owed, IReadOnlySet<string> done)
    {
        using var folders = new OpenFolders();
        var volume = volumes(folders);
        var file = new PendingFile(volume, owed.Paths, new SharingRetry(clock));
        if (done.Count == 0 && file.Exists)
            return true;
        try
        {
            // No lock of the pair was held over the actions, which may take long and may renew the pair themselves.
            using var pairLock = await PairLock.AcquireAsync(folders, owed.Paths, owed.LockTimeout, clock, logger, CancellationToken.None).ConfigureAwait(false);
            var recorded = file.Exists ? file.Read() ?? [] : null;
            var present = SerialNumber(volume, owed.Paths.Certificate);
            if (recorded is not null && present != owed.Subject.SerialNumber)
                return recorded.Count > 0;
            var left = (recorded ?? owed.Entries).Where(entry => !done.Contains(entry.Hash) && entry.IsOwed(present)).ToList();
            if (recorded is null || left.Count < recorded.Count || left.Count == 0)
                file.Write(left);
            return left.Count > 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or RenewalException)
        {
            ActionLog.PendingNotChanged(logger, owed.Paths.Pending, e.Message);
            return file.Exists;
        }
    }

    private static string? SerialNumber(IVolume volume, string path)
    {
        if (volume.Read(path) is not { } bytes)
            return null;
        using var certificate = CertificateFile.Parse(new InputFile(path, bytes, default));
        return certificate.Leaf.SerialNumber;
    }
}
