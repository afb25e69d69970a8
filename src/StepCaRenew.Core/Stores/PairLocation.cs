using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Stores.Files;
using StepCaRenew.Stores.PemFiles;
using StepCaRenew.Stores.PfxFiles;
using StepCaRenew.Stores.WindowsStore;

namespace StepCaRenew.Stores;

/// <summary>The pair that a user or a definition names: two files, a PFX file, or a certificate in a store of Windows. Another kind of store has a location of its own kind.</summary>
/// <param name="CertificatePath">The full path of the certificate file, or a path in a store (<see cref="StoreCertificatePath"/>).</param>
/// <param name="KeyPath">The full path of the key file; null for the one next to the certificate, or in a PFX file.</param>
internal record PairLocation(string CertificatePath, string? KeyPath)
{
    /// <summary>The password of the key or of the PFX file; null if it has none.</summary>
    public KeyPassword? KeyPassword { get; init; }

    /// <summary>The folder of the record of follow-ups: the state folder of a registered renewal. Null for the folder of the certificate.</summary>
    public string? RecordFolder { get; init; }

    /// <summary>The beginning of the name of the record, if that folder has the records of several certificates.</summary>
    public string? RecordName { get; init; }

    /// <summary>The files with other forms of the pair. They are written after each renewal, so that they do not keep an old key.</summary>
    public IReadOnlyList<string> Published { get; init; } = [];

    /// <summary>Whether the pair need not exist yet: a first certificate takes its place, with default permissions.</summary>
    public bool MayBeNew { get; init; }

    /// <summary>Opens the store of the pair for one attempt; waits for a deployment in progress.</summary>
    /// <param name="wasRead">Whether this run has read the pair before; then it also waits for a missing one.</param>
    /// <param name="services">The file system, the clock and the log.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RenewalException">The certificate cannot be read, or there is no key next to it.</exception>
    public virtual Task<IPairStore> OpenAsync(bool wasRead, StoreServices services, CancellationToken cancellationToken) =>
        StoreCertificatePath.IsInStore(CertificatePath) ? Task.FromResult(WindowsCertificateStore.Open(this, services))
        : Pkcs12Shape.IsName(CertificatePath)
            ? PfxFileStore.OpenAsync(this, wasRead, services, cancellationToken)
            : PemFileStore.OpenAsync(this, wasRead, services, cancellationToken);

    /// <summary>Removes the lock files of a pair that no schedule renews any more, unless a run holds them.</summary>
    /// <exception cref="RenewalException">The certificate cannot be read, or there is no key next to it.</exception>
    public virtual void RemoveLocks()
    {
        // The lock of a certificate in a store is in the state folder, and is shared.
        if (!StoreCertificatePath.IsInStore(CertificatePath))
            LockRemoval.Run(PairLocator.Find(this));
    }
}
