using StepCaRenew.Logging;

namespace StepCaRenew.FollowUps;

/// <summary>The methods that the runner of the actions calls after the run. Each change of the record locks the pair again.</summary>
internal sealed partial class PairFollowUps
{
    /// <summary>Writes the files of the publications that are not current.</summary>
    /// <returns>One error for each that failed; it begins with the publication.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<IReadOnlyList<RenewalException>> PublishAsync(CancellationToken cancellationToken)
    {
        var errors = MustPublish ? await publications!.PublishAsync(Subject.SerialNumber, cancellationToken).ConfigureAwait(false) : [];
        isPublished |= MustPublish && errors.Count == 0;
        return errors;
    }

    /// <summary>Lets other runs run the follow-ups.</summary>
    public void Release() => acting?.Dispose();

    /// <summary>A publication or an action failed.</summary>
    public void Failed(RenewalException failure) => Failure ??= failure;

    /// <summary>Copies the outcome of the same pair, which the call names twice.</summary>
    public void EndLike(PairFollowUps other) => (record, Failure, Served) = (other.record, other.Failure, other.Served);

    /// <summary>Whether a service is recorded as stopped, by any action: the same service may have another name in another action.</summary>
    public bool HasStopped(string serviceHash) => record?.Stopped.Values.Any(services => services.Contains(serviceHash)) == true;

    /// <summary>Changes the record on disk. If it is gone, it is written again.</summary>
    /// <exception cref="RenewalException">The lock of the pair is not free.</exception>
    /// <exception cref="IOException">The record cannot be written.</exception>
    public Task ChangeAsync(Func<FollowUpRecord, FollowUpRecord> change) => UnderLockAsync((current, _) =>
    {
        record = change(current.Read() ?? record!);
        current.Write(record);
    });

    /// <summary>Records the actions and servers that are done for the certificate, and deletes the record if no follow-up is open.</summary>
    /// <param name="actionsDone">The hashes of actions.</param>
    public async Task CompleteAsync(IReadOnlySet<string> actionsDone)
    {
        var done = actionsDone.Union(serving).ToHashSet();
        var isOnDisk = true;
        try
        {
            await UnderLockAsync((current, readSerialNumber) =>
            {
                var found = current.Read();
                isOnDisk = current.Exists;
                // Another run has replaced the certificate meanwhile: everything is open for the new one, also if its record is damaged.
                if (isOnDisk && readSerialNumber() != Subject.SerialNumber)
                    return;
                var changed = (found ?? record!).WithDone(done, Subject.SerialNumber);
                var hasDone = done.Count > 0 || (publications is not null && isPublished);
                var left = hasDone && IsComplete(changed) ? null : changed;
                if (hasDone || found is null)
                    current.Write(left);
                record = left;
                Served = record is null ? present : null;
                if (Served is not null)
                    served?.Write(Served);
            }).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or RenewalException)
        {
            ActionLog.PendingNotChanged(logger, place.Path, e.Message);
            if (!isOnDisk)
                record = null;
        }
    }

    /// <summary>After the last follow-up: removes what the new certificate has replaced in certificate stores.</summary>
    public Task RemoveOldAsync() => publications is not null && record is null && isPublished ? publications.RemoveOldAsync(Subject.Thumbprint) : Task.CompletedTask;

    private Task UnderLockAsync(Action<FollowUpFile, Func<string?>> work) =>
        place.UnderPairLockAsync(lockTimeout, opened => work(new FollowUpFile(opened, logger), opened.ReadSerialNumber));
}
