using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates;
using StepCaRenew.Logging;
using StepCaRenew.Stores;

namespace StepCaRenew.FollowUps.Publications;

/// <summary>
/// The publications of one pair in one run. The files say whether they are current, so that a form that is missing, old or damaged
/// is written again, whichever run was to write it.
/// </summary>
/// <param name="all">The publications, in their order.</param>
/// <param name="location">The pair.</param>
/// <param name="lockTimeout">How long to wait for a run that holds the lock of the pair.</param>
/// <param name="services">The file system, the clock and the log.</param>
/// <param name="findRoot">Finds the root certificate that a pair chains to.</param>
internal sealed class PairPublications(
    IReadOnlyList<Publication> all, PairLocation location, TimeSpan lockTimeout, StoreServices services, Func<KeyedCertificate, X509Certificate2?> findRoot)
{
    private readonly List<string> published = [];

    /// <summary>How many there are.</summary>
    public int Count => all.Count;

    /// <summary>The files that this run has written.</summary>
    public IReadOnlyList<string> Published => published;

    /// <summary>The certificate that this run has published; null if it has published none.</summary>
    public string? LastThumbprint { get; private set; }

    /// <summary>Whether all files are forms of this pair.</summary>
    public bool AreCurrent(KeyedCertificate pair)
    {
        using var files = new PublicationFiles(services);
        return all.All(publication => IsCurrent(publication, files, new PublishedPair(pair, findRoot)));
    }

    /// <summary>Requires, before anything is changed, that the publications can be made. Nothing is written.</summary>
    /// <param name="facts">The pair.</param>
    /// <param name="keyAlgorithm">The algorithm of the key that the pair is about to have.</param>
    /// <exception cref="RenewalException">One cannot be made.</exception>
    public void RequireUsable(PairFacts facts, string keyAlgorithm)
    {
        PublicationPaths.Require(all, facts.CertificatePath, facts.KeyPath);
        foreach (var publication in all)
            publication.RequireUsable(keyAlgorithm);
    }

    /// <summary>Writes the files that are not current. The pair is loaded from its store, under its lock, and the lock is released again.</summary>
    /// <param name="serialNumber">The certificate that the run has seen in place.</param>
    /// <param name="cancellationToken">Ends the wait for the lock and the pair; a file that is being written is completed.</param>
    /// <returns>One error for each publication that failed; it begins with the publication.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<IReadOnlyList<RenewalException>> PublishAsync(string serialNumber, CancellationToken cancellationToken)
    {
        var errors = new List<RenewalException>();
        try
        {
            using var store = await location.OpenAsync(wasRead: true, services, cancellationToken).ConfigureAwait(false);
            await store.LockAsync(lockTimeout, cancellationToken).ConfigureAwait(false);
            using var snapshot = await store.LoadAsync(wasRead: true, _ => { }, cancellationToken).ConfigureAwait(false);
            if (snapshot.Facts.SerialNumber != serialNumber)
                throw new RenewalException(ErrorId.ChangedDuringRenewal, $"another process has replaced the certificate '{location.CertificatePath}' since.", "If another program renews it, let only one do so.");
            LastThumbprint = snapshot.Keyed.Leaf.Thumbprint;
            using var files = new PublicationFiles(services);
            foreach (var publication in all)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (await TryPublishAsync(publication, files, snapshot, cancellationToken).ConfigureAwait(false) is { } error)
                    errors.Add(error);
            }
        }
        catch (Exception e) when (e is RenewalException or IOException or UnauthorizedAccessException)
        {
            errors.AddRange(all.Select(publication => PublicationErrors.Failed(publication, e)).Take(1));
        }

        return errors;
    }

    /// <summary>After all follow-ups: removes from the stores what this pair has replaced, if the user wants that; else logs what stays.</summary>
    /// <param name="thumbprint">The certificate for which the follow-ups are done.</param>
    public async Task RemoveOldAsync(string thumbprint)
    {
        var source = location.CertificatePath;
        foreach (var publication in all.OfType<StorePublication>())
        {
            try
            {
                var (publisher, plan) = (publication.PublisherWith(services), publication.PlanFor(source));
                var old = publisher.FindSuperseded(plan, thumbprint);
                if (old.Count == 0)
                    continue;
                if (!publication.RemoveOld)
                {
                    StoreLog.Superseded(services.Logger, source, plan.Store.Text, old.Count, string.Join(", ", old.Select(entry => entry.Thumbprint)));
                    continue;
                }

                using var held = await publisher.Record.LockAsync(lockTimeout, CancellationToken.None).ConfigureAwait(false);
                publisher.RemoveSuperseded(plan, thumbprint);
            }
            // The new certificate is in use; the old ones do no harm.
            catch (Exception e) when (e is RenewalException or IOException or UnauthorizedAccessException)
            {
                StoreLog.NotRemoved(services.Logger, source, publication.Store.Text, e.Message);
            }
        }
    }

    private bool IsCurrent(Publication publication, PublicationFiles files, PublishedPair pair)
    {
        if (publication is FilePublication file)
            return files.IsCurrent(file, pair);
        try
        {
            var store = (StorePublication)publication;
            return store.PublisherWith(services).IsCurrent(store.PlanFor(location.CertificatePath), pair.Keyed);
        }
        catch (RenewalException)
        {
            // The publication reports it.
            return false;
        }
    }

    private async Task WriteAsync(Publication publication, PublicationFiles files, PublishedPair pair, CancellationToken cancellationToken)
    {
        if (publication is FilePublication file)
        {
            await files.WriteAsync(file, pair).ConfigureAwait(false);
            return;
        }

        var store = (StorePublication)publication;
        store.RequireUsable(pair.Keyed.Key.Algorithm);
        var publisher = store.PublisherWith(services);
        using var held = await publisher.Record.LockAsync(lockTimeout, cancellationToken).ConfigureAwait(false);
        publisher.Publish(store.PlanFor(location.CertificatePath), pair.Keyed);
    }

    // One that fails does not stop the others.
    private async Task<RenewalException?> TryPublishAsync(Publication publication, PublicationFiles files, PairSnapshot snapshot, CancellationToken cancellationToken)
    {
        var pair = new PublishedPair(snapshot.Keyed, findRoot);
        try
        {
            if (publication is FilePublication file)
                PublicationPaths.RequireOwnFile(file, all, snapshot.Facts.CertificatePath, snapshot.Facts.KeyPath);
            if (IsCurrent(publication, files, pair))
                return null;
            await WriteAsync(publication, files, pair, cancellationToken).ConfigureAwait(false);
            published.Add(publication.Path);
            PublicationLog.Published(services.Logger, location.CertificatePath, publication.Path);
            return null;
        }
        // Whatever the reason is, the pair stays renewed, and the publication pending.
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return PublicationErrors.Failed(publication, e);
        }
    }
}
