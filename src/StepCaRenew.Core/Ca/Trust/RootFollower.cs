using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Logging;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Pem;
using StepCaRenew.FileSystem;
using StepCaRenew.Logging;

namespace StepCaRenew.Ca.Trust;

/// <summary>
/// Follows a CA that changes its root: asks it for its roots, over a connection that a trusted root verified, and adds new ones
/// to a file of the run's account. The root file that the user named is never changed. One answer of a stolen CA could add a
/// root for good, so this is done only on demand.
/// </summary>
internal sealed class RootFollower(TimeProvider clock, Func<string, string?> environment)
{
    /// <summary>The most roots that are followed. A CA that changes its root has two.</summary>
    public const int Most = 5;

    private readonly Dictionary<(Uri Url, string Fingerprint), IReadOnlyList<string>> asked = [];

    /// <summary>The followed roots as PEM; null if there are none.</summary>
    public static byte[]? ReadFile(string? path)
    {
        try
        {
            // The account of the run owns the folder: no link is followed.
            return path is null || !File.Exists(path) ? null : AtomicFile.Read(path) is { Length: > 0 } bytes ? bytes : null;
        }
        catch (Exception e) when (e is RenewalException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The fingerprints of the followed roots.</summary>
    public static IReadOnlyList<string> ReadFingerprints(string path) =>
        ReadFile(path) is { } bytes ? [.. Blocks(bytes).Select(der => RootFingerprint.Compute(der))] : [];

    /// <summary>Asks the CA, once for each CA and root, and adds its new roots. A failure is logged, and tried again later.</summary>
    /// <param name="name">The renewal, for the log.</param>
    /// <param name="settings">The CA, with the file of the followed roots.</param>
    /// <param name="logger">The log of the renewal.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public async Task FollowAsync(string name, CaSettings settings, ILogger logger, CancellationToken cancellationToken)
    {
        try
        {
            using var trusted = TrustedRoots.Load(settings);
            var key = (settings.Url, string.Join(',', trusted.All.Select(RootFingerprint.Compute)));
            if (!asked.TryGetValue(key, out var served))
                asked[key] = served = await new CaClient(settings, trusted, clock, environment).GetRootsAsync(cancellationToken).ConfigureAwait(false);
            Add(name, settings.FollowedRootsPath!, served, trusted, logger);
        }
        catch (RenewalException e)
        {
            RenewalLog.RootsNotFollowed(logger, name, e.Message);
        }
    }

    private void Add(string name, string path, IReadOnlyList<string> served, TrustedRoots trusted, ILogger logger)
    {
        var known = trusted.All.Select(RootFingerprint.Compute).ToHashSet();
        var kept = (ReadFile(path) is { } bytes ? Blocks(bytes) : []).Where(der => IsUsable(der)).Take(Most).ToList();
        var added = new List<string>();
        foreach (var der in served.SelectMany(pem => Blocks(Encoding.UTF8.GetBytes(pem))).Where(IsUsable))
        {
            if (kept.Count >= Most || !known.Add(RootFingerprint.Compute(der)))
                continue;
            kept.Add(der);
            added.Add(RootFingerprint.Compute(der));
        }

        if (added.Count == 0)
            return;
        AtomicFile.Write(path, Encoding.ASCII.GetBytes(string.Concat(kept.Select(der => PemEncoding.WriteString("CERTIFICATE", der) + "\n"))), isPrivate: false);
        RenewalLog.RootsFollowed(logger, name, string.Join(", ", added));
    }

    private static IEnumerable<byte[]> Blocks(byte[] pem) => PemReader.ReadIntact(TextFile.Decode(pem)).Where(block => block.IsCertificate).Select(block => block.Data.ToArray());

    // A valid root of an authority, signed by itself.
    private bool IsUsable(byte[] der)
    {
        try
        {
            using var root = CertificateDecoder.Decode(der);
            using var chain = new X509Chain();
            chain.ChainPolicy = TrustedRoots.CreatePolicy([root], clock.GetUtcNow());
            return CertificateUsage.FromCertificate(root).IsAuthority && root.SubjectName.RawData.AsSpan().SequenceEqual(root.IssuerName.RawData)
                && WeakCryptography.FindWeakKey(root) is null && SelfSignature.IsValid(root) && TrustedRoots.Accepts(chain, root);
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException)
        {
            return false;
        }
    }
}
