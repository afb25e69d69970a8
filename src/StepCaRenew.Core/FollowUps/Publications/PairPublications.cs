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

    /// <summary>Whether all files are forms of this pair.</summary>
    public bool AreCurrent(KeyedCertificate pair)
    {
        using var files = new PublicationFiles(services);
        return all.All(publication => files.IsCurrent(publication, new PublishedPair(pair, findRoot)));
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
            using var files = new PublicationFiles(services);
            foreach (var publication in all)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (await TryPublishAsync(publication, files, snapshot).ConfigureAwait(false) is { } error)
                    errors.Add(error);
            }
        }
        catch (Exception e) when (e is RenewalException or IOException or UnauthorizedAccessException)
        {
            errors.AddRange(all.Select(publication => PublicationErrors.Failed(publication, e)).Take(1));
        }

        return errors;
    }

    // One that fails does not stop the others.
    private async Task<RenewalException?> TryPublishAsync(Publication publication, PublicationFiles files, PairSnapshot snapshot)
    {
        var pair = new PublishedPair(snapshot.Keyed, findRoot);
        try
        {
            PublicationPaths.RequireOwnFile(publication, all, snapshot.Facts.CertificatePath, snapshot.Facts.KeyPath);
            if (files.IsCurrent(publication, pair))
                return null;
            await files.WriteAsync(publication, pair).ConfigureAwait(false);
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
