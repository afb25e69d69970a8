using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates;

namespace StepCaRenew.Stores.WindowsStore;

/// <summary>Finds the certificate in a store that a path names at this moment, and its issuers.</summary>
internal sealed class StoreLookup(ICertificateStores stores, StoreRecord record, DateTimeOffset now)
{
    private const string SubjectKeyIdentifier = "2.5.29.14";
    private const string AuthorityKeyIdentifier = "2.5.29.35";

    /// <summary>The certificate; null if there is none.</summary>
    /// <exception cref="RenewalException">The store cannot be read, or certificates of several issuers have the name (<see cref="ErrorId.CertificateAmbiguous"/>).</exception>
    public StoredCertificate? Find(StoreCertificatePath path)
    {
        var all = stores.List(path.Store);
        return path.By == StoreSelector.Thumbprint ? FindSuccessor(path, all) : FindNewest(path, all);
    }

    /// <summary>Whether a later certificate of the record that is in the store has taken the place of one; null if the record does not name it.</summary>
    public bool? IsSuperseded(CertificateStoreName store, string thumbprint) => IsSuperseded(store, thumbprint, stores.List(store));

    private bool? IsSuperseded(CertificateStoreName store, string thumbprint, IReadOnlyList<StoredCertificate> all)
    {
        var entry = record.Entries.FirstOrDefault(one => one.IsFor(store.Text, thumbprint));
        bool IsPresent(StoreEntry other) => all.Any(one => one.Thumbprint == other.Thumbprint);
        var isReplaced = InStore(store).Any(other => other.Replaces == thumbprint && IsPresent(other));
        return entry is null
            ? isReplaced ? true : null
            : isReplaced || InStore(store).SkipWhile(other => other != entry).Skip(1).Any(later => later.FriendlyName == entry.FriendlyName && later.Source == entry.Source && IsPresent(later));
    }

    /// <summary>The issuers of a certificate that the store of intermediates has, the certificate's own first.</summary>
    public IReadOnlyList<X509Certificate2> FindChain(CertificateStoreName store, X509Certificate2 leaf)
    {
        var chain = new List<X509Certificate2>();
        var authorities = stores.List(store.Intermediates).Select(Load).ToList();
        for (var current = leaf; chain.Count < authorities.Count && !IsSelfIssued(current); current = chain[^1])
        {
            var issuer = authorities.Where(one => Issues(one, current) && !chain.Contains(one)).OrderByDescending(one => one.NotAfter).FirstOrDefault();
            if (issuer is null)
                break;
            chain.Add(issuer);
        }

        authorities.Except(chain).ToList().ForEach(one => one.Dispose());
        return chain;
    }

    /// <summary>The error of a certificate that is not in its store.</summary>
    public static RenewalException NotFound(StoreCertificatePath path) => new(
        ErrorId.FileNotFound, $"There is no certificate '{path.Text}'.", "Check the thumbprint or the name with Get-StepCertificate -Store, which lists the certificates of a store.");

    /// <summary>Decodes a certificate, without a key.</summary>
#pragma warning disable SYSLIB0057 // X509CertificateLoader came with .NET 9.
    public static X509Certificate2 Load(StoredCertificate stored) => new(stored.Der);
#pragma warning restore SYSLIB0057

    // Off Windows the record alone knows friendly names.
    private StoredCertificate? FindNewest(StoreCertificatePath path, IReadOnlyList<StoredCertificate> all)
    {
        var named = all.Where(one => one.HasKey).Select(one => (Stored: one, Outline: CertificateOutline.TryRead(one.Der)))
            .Where(one => one.Outline is not null && (path.By == StoreSelector.Subject ? IsSubject(one.Outline!, path.Value) : FriendlyNameOf(path.Store, one.Stored).Equals(path.Value, StringComparison.OrdinalIgnoreCase))).ToList();
        var valid = named.Where(one => one.Outline!.NotAfter > now).ToList();
        var candidates = valid.Count > 0 ? valid : named;
        if (candidates.Select(one => Convert.ToHexString(one.Outline!.Issuer.Span)).Distinct().Skip(1).Any())
            throw new RenewalException(
                ErrorId.CertificateAmbiguous, $"'{path.Store.Text}' has certificates of several issuers with the {(path.By == StoreSelector.Subject ? "subject" : "friendly name")} '{path.Value}'.",
                "Name the right one by -Thumbprint; or give it a friendly name of its own, and name it by -FriendlyName.");
        // Two can begin in the same second.
        return candidates.OrderBy(one => IsSuperseded(path.Store, one.Stored.Thumbprint, all) == true).ThenByDescending(one => one.Outline!.NotBefore).ThenByDescending(one => one.Outline!.NotAfter).FirstOrDefault().Stored;
    }

    private StoredCertificate? FindSuccessor(StoreCertificatePath path, IReadOnlyList<StoredCertificate> all)
    {
        var thumbprint = path.Value;
        for (var steps = record.Entries.Count; steps > 0; steps--)
        {
            if (InStore(path.Store).LastOrDefault(entry => entry.Replaces == thumbprint)?.Thumbprint is not { } next || !all.Any(one => one.Thumbprint == next))
                break;
            thumbprint = next;
        }

        return all.FirstOrDefault(one => one.Thumbprint == thumbprint);
    }

    private IEnumerable<StoreEntry> InStore(CertificateStoreName store) => record.Entries.Where(entry => entry.Store.Equals(store.Text, StringComparison.OrdinalIgnoreCase));

    /// <summary>The friendly name in the store, or where stores keep none in the record.</summary>
    public string FriendlyNameOf(CertificateStoreName store, StoredCertificate stored) =>
        stores.HasFriendlyNames ? stored.FriendlyName : record.Entries.FirstOrDefault(entry => entry.IsFor(store.Text, stored.Thumbprint))?.FriendlyName ?? string.Empty;

    private static bool IsSubject(CertificateOutline certificate, string wanted)
    {
        var name = new X500DistinguishedName(certificate.Subject.Span);
        var text = wanted.Contains('=', StringComparison.Ordinal) ? wanted : $"CN={wanted}";
        return name.Name.Equals(text, StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsSelfIssued(X509Certificate2 certificate) => certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    // The same name can be that of several keys: a CA gets a new intermediate.
    private static bool Issues(X509Certificate2 issuer, X509Certificate2 certificate)
    {
        if (!issuer.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData))
            return false;
        var wanted = certificate.Extensions[AuthorityKeyIdentifier] is { } authority ? new X509AuthorityKeyIdentifierExtension(authority.RawData).KeyIdentifier : null;
        return wanted is null || issuer.Extensions[SubjectKeyIdentifier] is not X509SubjectKeyIdentifierExtension own || own.SubjectKeyIdentifierBytes.Span.SequenceEqual(wanted.Value.Span);
    }
}
