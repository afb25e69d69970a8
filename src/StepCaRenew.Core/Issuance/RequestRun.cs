using StepCaRenew.Ca.Signing;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FollowUps.Publications;
using StepCaRenew.Logging;
using StepCaRenew.Renewal;
using StepCaRenew.Stores;
using StepCaRenew.Stores.PemFiles;
using StepCaRenew.Text;

namespace StepCaRenew.Issuance;

/// <summary>
/// Gets the first certificate of a pair, or one for the key in place: one method for each step, as in a renewal. Everything that
/// can fail is checked before the CA is asked, because it uses up the token.
/// </summary>
internal sealed class RequestRun : PairRun<IssuanceOutcome>
{
    private readonly IssuanceRequest request;
    private readonly SigningRequest wanted;
    private readonly StoreServices services;
    private readonly CertificateRequester requester;
    private readonly Issued issued;

    // The state of one attempt. Each step relies on what the steps before it have set.
    private IPairStore store = null!;
    private PairVersion? present;
    private IReadOnlyList<PairDifference>? differences;
    private bool isUnderLock;
    private PrivateKey key = null!;
    private IPairReplacement replacement = null!;
    private KeyedCertificate answer = null!;
    private PairVersion? newVersion;

    private RequestRun(IssuanceRequest request, SigningRequest wanted, StoreServices services, CertificateRequester requester, Issued issued) =>
        (this.request, this.wanted, this.services, this.requester, this.issued) = (request, wanted, services, requester, issued);

    /// <inheritdoc/>
    protected override IReadOnlyList<Func<CancellationToken, Task<Outcome>>> Steps =>
        [CheckAsync, LockAsync, RecoverAsync, LoadAsync, _ => StageAsync(), IssueAsync, _ => RecheckAsync(), _ => CommitAsync(), _ => DropOldAsync()];

    /// <inheritdoc/>
    protected override bool IsOutdated => isUnderLock && newVersion is null && HasChanged;

    /// <summary>Runs the steps, again from the start whenever another process has changed the pair.</summary>
    /// <param name="request">The certificate and its place.</param>
    /// <param name="services">The services of the store.</param>
    /// <param name="requester">Asks the CA; it disposes the certificates.</param>
    /// <param name="cancellationToken">Ends the run at once until the CA has answered; from then on the files are completed first.</param>
    /// <returns>Whether the certificate was issued, was not approved, or was not needed.</returns>
    /// <exception cref="RenewalException">There is a pair already (<see cref="ErrorId.PairExists"/>), the files cannot be written, or the CA did not issue the certificate.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the CA answered; nothing was changed.</exception>
    public static async Task<IssuanceOutcome> RunAsync(IssuanceRequest request, StoreServices services, CertificateRequester requester, CancellationToken cancellationToken)
    {
        var wanted = request.NamedRequest;
        using var issued = new Issued();
        return await RunAsync(() => new RequestRun(request, wanted, services, requester, issued), request.Location.CertificatePath, "got no certificate", services.Logger, cancellationToken)
            .ConfigureAwait(false);
    }

    private async Task<Outcome> CheckAsync(CancellationToken cancellationToken)
    {
        store = Keep(await request.Location.OpenAsync(wasRead: false, services, cancellationToken).ConfigureAwait(false));
        // Leftovers belong to the run that holds the lock, if there is one; they are checked again under the lock.
        if (!store.IsInterrupted)
            await ReadPresentAsync(cancellationToken).ConfigureAwait(false);
        var isApproved = differences is not [] && (issued.IsApproved ??= await ApproveAsync(cancellationToken).ConfigureAwait(false));
        return isApproved ? Outcome.Continue : Finish(End(isIssued: false));
    }

    private async Task<Outcome> LockAsync(CancellationToken cancellationToken)
    {
        isUnderLock = true;
        await store.LockAsync(request.LockTimeout, cancellationToken).ConfigureAwait(false);
        if (present is not null && !store.Holds(present))
            present = null;
        return store.IsCurrent(known: null) ? Outcome.Continue : Outcome.StartOver;
    }

    // A request that was killed can have left a whole pair in place; then there is nothing to request.
    private async Task<Outcome> RecoverAsync(CancellationToken cancellationToken)
    {
        if (store.IsInterrupted)
        {
            present = null;
            await store.RecoverAsync().ConfigureAwait(false);
        }

        return Outcome.Continue;
    }

    private async Task<Outcome> LoadAsync(CancellationToken cancellationToken)
    {
        if (present is null)
            await ReadPresentAsync(cancellationToken).ConfigureAwait(false);
        return differences is [] ? Finish(End(isIssued: false)) : Outcome.Continue;
    }

    private async Task<Outcome> StageAsync()
    {
        if (!request.UseExistingKey)
            key = issued.Key ??= KeyAlgorithms.Generate(wanted.KeyAlgorithm);
        SigningRequest.RequireKey(key);
        foreach (var sentence in present!.IsNone ? [] : store.FindHardLinks(withKey: !request.UseExistingKey))
            RenewalLog.HardLinked(services.Logger, sentence);
        replacement = Keep(await store.StageAsync(withKey: !request.UseExistingKey).ConfigureAwait(false));
        return Outcome.Continue;
    }

    // After the files were changed, the certificate of the attempt before is still good if it is for the same key.
    private async Task<Outcome> IssueAsync(CancellationToken cancellationToken)
    {
        if (issued.Answer is { } earlier && PairMatch.Matches(earlier.Leaf, key))
            answer = new KeyedCertificate(earlier.Leaf, earlier.Chain, key, earlier.Source);
        else if (issued.Answer is not null && request.Credential is Credential.Token)
            throw new RenewalException(
                ErrorId.ChangedDuringRenewal, $"'{request.Location.CertificatePath}' got no certificate: another process changed its key after the CA had issued one for the old key. The token is used up.",
                "Find the other process that writes the key; then make a new token and run again.");
        else
            issued.Answer = answer = await requester.RequestAsync(wanted, key, request.Credential, request.Issuer, cancellationToken).ConfigureAwait(false);
        return Outcome.Continue;
    }

    private Task<Outcome> RecheckAsync() => Task.FromResult(HasChanged ? Outcome.StartOver : Outcome.Continue);

    private async Task<Outcome> CommitAsync()
    {
        store.RequireLocked();
        newVersion = await replacement.CommitAsync(answer, present!).ConfigureAwait(false);
        if (newVersion is null)
            return Outcome.StartOver;
        RenewalLog.Issued(services.Logger, request.Location.CertificatePath, answer.Leaf.SerialNumber, answer.Leaf.NotAfter);
        foreach (var (path, owner) in replacement.LostOwners)
            RenewalLog.OwnerNotKept(services.Logger, path, owner, Accounts.CurrentUser.Name);
        return Outcome.Continue;
    }

    private async Task<Outcome> DropOldAsync()
    {
        if (!store.Holds(newVersion!))
            (await store.LoadAsync(wasRead: true, _ => { }, CancellationToken.None).ConfigureAwait(false)).Dispose();
        replacement.DropOld();
        return store.IsCurrent(known: null) ? Finish(End(isIssued: true)) : Outcome.StartOver;
    }

    // Nothing is known of a pair whose replacement was interrupted.
    private bool Replaces => (request.Force || request.IfNeeded || request.UseExistingKey) && present is not { IsEmpty: true };

    private IssuanceOutcome End(bool isIssued) => new() { IsIssued = isIssued, Replaces = Replaces, Differences = differences };

    private bool HasChanged => !store.IsCurrent(known: null) || (present is not null && !store.Holds(present));

    private async Task ReadPresentAsync(CancellationToken cancellationToken)
    {
        present = store.ReadVersion();
        if (request.UseExistingKey)
            key = Keep(store.LoadKey());
        differences = present.IsEmpty || request.Force ? null : await FindDifferencesAsync(cancellationToken).ConfigureAwait(false);
        if (differences is [])
            return;
        RequirePublications();
        if (!present.IsEmpty && !request.UseExistingKey)
            RequireUnshared();
    }

    private void RequirePublications()
    {
        var path = request.Location.CertificatePath;
        PublicationPaths.Require(request.Publications, path, request.Location.KeyPath ?? KeyPathConvention.FindNextTo(path) ?? KeyPathConvention.ForNew(path));
        foreach (var publication in request.Publications)
            publication.RequireUsable(request.UseExistingKey ? key.Algorithm : wanted.KeyAlgorithm);
    }

    // A certificate that does not match its key is of no use: no program can use it. A file that is not a certificate may be the wrong file.
    private async Task<IReadOnlyList<PairDifference>> FindDifferencesAsync(CancellationToken cancellationToken)
    {
        if (!request.IfNeeded && !request.UseExistingKey)
            throw Exists();
        try
        {
            var pair = Keep(await store.LoadAsync(wasRead: false, _ => { }, cancellationToken).ConfigureAwait(false));
            if (!request.IfNeeded)
                throw Exists();
            return [.. PairDifference.Find(pair, wanted, request.UseExistingKey, services.Clock.GetUtcNow())];
        }
        catch (RenewalException e) when (e.ErrorId != ErrorId.PairExists)
        {
            if (PairDifference.FromError(e.ErrorId, request.UseExistingKey) is { } difference)
                return [difference];
            if (request.IfNeeded && e.ErrorId is not (ErrorId.FileNotFound or ErrorId.FileEmpty))
                throw;
            throw Exists();
        }
    }

    private void RequireUnshared()
    {
        try
        {
            using var old = store.LoadKey();
            store.RequireUnshared(old, request.FindOthers(), "Request a certificate for this key (-UseExistingKey -Force)");
        }
        catch (RenewalException e) when (e.ErrorId != ErrorId.KeyShared)
        {
            // There is no key, or one that cannot be read: no certificate is known to use it.
        }
    }

    private RenewalException Exists()
    {
        var path = request.Location.CertificatePath;
        using var pair = store.TryPeek();
        return pair is not null
            ? new RenewalException(
                ErrorId.PairExists, $"No certificate was requested: '{path}' exists, is valid until {MessageTime.Local(pair.Facts.Validity.NotAfter.LocalDateTime)}, and matches its key '{pair.Facts.KeyPath}'.",
                "Invoke-StepRenewal renews it. To replace it by one with other names, add -Force; with -UseExistingKey the key stays.")
            : request.UseExistingKey ? new RenewalException(
                ErrorId.PairExists, $"No certificate was requested: '{path}' exists, and no certificate for the key can be read from it.",
                "Check that it is the right file. To replace it and keep the key, add -Force.")
            : new RenewalException(
                ErrorId.PairExists, $"No certificate was requested: the certificate '{path}' or its key exists, and would be replaced.",
                "For a certificate for the key that is there, add -UseExistingKey; to replace certificate and key, add -Force. Invoke-StepRenewal renews a pair that matches.");
    }

    private Task<bool> ApproveAsync(CancellationToken cancellationToken)
    {
        var action = $"Request a certificate for {wanted.Subject ?? wanted.Names?.Texts[0] ?? "the names of the token"}"
            + (request.UseExistingKey ? " and the key in place" : Replaces ? " and replace what is there, with a new key" : " with a new key");
        return request.ApproveAsync(new RenewalPlan(request.Location.CertificatePath, action), cancellationToken);
    }

    // The key and the certificate that an attempt leaves to the next one. The requester disposes the certificate.
    private sealed class Issued : IDisposable
    {
        public bool? IsApproved { get; set; }

        public PrivateKey? Key { get; set; }

        public KeyedCertificate? Answer { get; set; }

        public void Dispose() => Key?.Dispose();
    }
}
