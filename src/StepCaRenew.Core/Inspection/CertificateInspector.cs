using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FileSystem;
using StepCaRenew.Policy;
using StepCaRenew.Stores.Files;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Inspection;

/// <summary>Describes a certificate file and its key file. A problem with the key is part of the description, not an error.</summary>
internal sealed partial class CertificateInspector(TimeProvider clock)
{
    /// <summary>Describes a certificate that was read; the key file is found by convention if <paramref name="keyPath"/> is null.</summary>
    public StepCertificate Inspect(CertificateFile certificate, string? keyPath, KeyPassword? password)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        var path = keyPath ?? KeyPathConvention.Find(certificate);
        var (keyStatus, problem) = StatusOfKey(certificate, path, password);
        var described = Describe(certificate.Leaf);
        return described with
        {
            Name = CertificateName.FromPath(certificate.Path),
            Status = IsInterrupted(certificate, path) ? CertificateStatus.Interrupted : described.Status,
            KeyStatus = keyStatus,
            CertificatePath = certificate.Path,
            KeyPath = path,
            KeyErrorId = problem?.ErrorId,
            KeyMessage = problem?.Message,
        };
    }

    // The properties that come from the certificate alone.
    private StepCertificate Describe(X509Certificate2 leaf)
    {
        var names = SubjectAlternativeNames.FromCertificate(leaf);
        var provisioner = StepProvisioner.FromCertificate(leaf);
        var validity = CertificateValidity.FromCertificate(leaf);
        var (now, renewAfter) = (clock.GetUtcNow(), RenewalPolicy.DueTime(validity, RenewalRule.Default));
        return new StepCertificate
        {
            Status = CertificateStatus.At(validity, renewAfter, now),
            Subject = leaf.Subject,
            DnsNames = TextList.FromNames(names.DnsNames),
            IPAddresses = TextList.FromNames(names.IPAddresses),
            EmailAddresses = TextList.FromNames(names.EmailAddresses),
            Uris = TextList.FromNames(names.Uris),
            Issuer = leaf.Issuer,
            SerialNumber = leaf.SerialNumber,
            NotBefore = leaf.NotBefore,
            NotAfter = leaf.NotAfter,
            RenewAfter = renewAfter.LocalDateTime,
            RenewAfterSeconds = (long)(renewAfter - now).TotalSeconds,
            RemainingSeconds = (long)(validity.NotAfter - now).TotalSeconds,
            LifetimeSeconds = (long)validity.Lifetime.TotalSeconds,
            ElapsedPercent = Math.Round(validity.ElapsedPercent(now), 1),
            Provisioner = provisioner?.Name,
            ProvisionerType = provisioner?.Type,
            KeyAlgorithm = AlgorithmOf(leaf),
            ExtendedKeyUsage = TextList.FromNames(ExtendedKeyUsage.ReadNames(leaf)),
            Thumbprint = leaf.Thumbprint,
            ThumbprintSha256 = leaf.GetCertHashString(HashAlgorithmName.SHA256),
            PublicKeyId = PublicKeyId.Compute(leaf),
        };
    }

    // While a run holds the lock, the files next to the pair belong to that run.
    private static bool IsInterrupted(CertificateFile certificate, string? keyPath)
    {
        var paths = PairPaths.Resolve(certificate.Path, keyPath ?? certificate.Path);
        using var folders = new OpenFolders();
        return paths.Leftovers.Any(new Volume(folders).Exists) && !PairLock.IsHeld(folders, paths);
    }

    private static (string Status, RenewalException? Problem) StatusOfKey(CertificateFile certificate, string? keyPath, KeyPassword? password)
    {
        try
        {
            using var key = certificate.Pfx is { } pfx && keyPath == certificate.Path
                ? KeyFile.FromPfx(pfx, certificate.Document)
                : KeyFile.Load(keyPath ?? KeyPathConvention.FindRequired(certificate), password);
            return PairMatch.Matches(certificate.Leaf, key.Key)
                ? (KeyStatus.Matches, null)
                : (KeyStatus.Mismatch, KeyMismatch.Describe(certificate, key));
        }
        catch (RenewalException e)
        {
            return (e.ErrorId is ErrorId.KeyNotFound or ErrorId.FileNotFound ? KeyStatus.Missing : KeyStatus.Unreadable, e);
        }
    }

    private static string AlgorithmOf(X509Certificate2 certificate)
    {
        using var rsa = certificate.GetRSAPublicKey();
        if (rsa is not null)
            return $"RSA {rsa.KeySize}";
        using var ec = certificate.GetECDsaPublicKey();
        return ec is not null ? $"EC {NamedCurve.Describe(ec)}" : certificate.PublicKey.Oid.FriendlyName ?? certificate.PublicKey.Oid.Value ?? "unknown";
    }
}
