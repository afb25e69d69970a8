using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Pem;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Ca.Trust;

/// <summary>The root certificates that are trusted for the CA: those of the root file only, never the machine's store.</summary>
internal sealed class TrustedRoots : IDisposable
{
    private readonly InputFile file;
    private readonly IReadOnlyList<X509Certificate2> roots;

    private TrustedRoots(InputFile file, IReadOnlyList<X509Certificate2> roots) => (this.file, this.roots) = (file, roots);

    /// <summary>Loads the root file and checks its fingerprint.</summary>
    /// <exception cref="RenewalException">There is no root certificate, or its fingerprint is not the configured one.</exception>
    public static TrustedRoots Load(CaSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var roots = Read(settings);
        try
        {
            roots.RequireFingerprint(settings);
            return roots;
        }
        catch
        {
            roots.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The policy for every chain: these roots only, no revocation lists (step-ca has short-lived certificates instead), no
    /// downloads.
    /// </summary>
    /// <param name="now">The time at which the chain must be valid.</param>
    public X509ChainPolicy CreatePolicy(DateTimeOffset now) => CreatePolicy(All, now);

    internal static X509ChainPolicy CreatePolicy(X509Certificate2Collection roots, DateTimeOffset now)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = now.LocalDateTime,
        };
        policy.CustomTrustStore.AddRange(roots);
        UserStores.EnsurePrepared();
        return policy;
    }

    /// <summary>Builds a chain, and checks that its status has no error. (On Wine, Build returns true for a partial chain.)</summary>
    internal static bool Accepts(X509Chain chain, X509Certificate2 certificate) => chain.Build(certificate) && chain.ChainStatus.All(one => one.Status == X509ChainStatusFlags.NoError);

    /// <summary>Those of the issuers that lead from a leaf to one of these roots; null if they do not.</summary>
    public IReadOnlyList<X509Certificate2>? FindIssuers(X509Certificate2 leaf, IReadOnlyList<X509Certificate2> issuers, DateTimeOffset now)
    {
        using var chain = new X509Chain { ChainPolicy = CreatePolicy(now) };
        chain.ChainPolicy.ExtraStore.AddRange(issuers.ToArray());
        var isTrusted = Accepts(chain, leaf);
        var used = chain.ChainElements.Select(element => element.Certificate).ToList();
        var verified = isTrusted ? issuers.Where(issuer => used.Contains(issuer) && !roots.Contains(issuer)).ToList() : null;
        used.ForEach(certificate => certificate.Dispose());
        return verified;
    }

    /// <summary>The one of these roots that a leaf leads to; null if it leads to none. It belongs to this object.</summary>
    public X509Certificate2? FindRoot(X509Certificate2 leaf, IReadOnlyList<X509Certificate2> issuers, DateTimeOffset now)
    {
        using var chain = new X509Chain { ChainPolicy = CreatePolicy(now) };
        chain.ChainPolicy.ExtraStore.AddRange(issuers.ToArray());
        var isTrusted = Accepts(chain, leaf);
        var used = chain.ChainElements.Select(element => element.Certificate).ToList();
        var root = isTrusted ? roots.FirstOrDefault(root => root.Equals(used[^1])) : null;
        used.ForEach(certificate => certificate.Dispose());
        return root;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var root in roots)
            root.Dispose();
        Issuers.Dispose();
        Chains.Dispose();
    }

    /// <summary>Decodes and caches the issuers that the CA sends.</summary>
    internal IssuerCache Issuers { get; } = new();

    /// <summary>The chains to these roots that were verified.</summary>
    internal VerifiedChains Chains { get; } = new();

    /// <summary>The SHA-256 fingerprint of the first root, lower-case hexadecimal.</summary>
    internal string Fingerprint => RootFingerprint.Compute(roots[0]);

    /// <summary>Whether one of the roots has a fingerprint.</summary>
    internal bool Has(string fingerprint) => roots.Any(root => RootFingerprint.Compute(root) == fingerprint);

    /// <summary>All roots.</summary>
    internal X509Certificate2Collection All => [.. roots];

    /// <summary>Whether these roots were read from the same path with the same content.</summary>
    internal bool AreFrom(InputFile other) => file.Path == other.Path && file.Bytes.AsSpan().SequenceEqual(other.Bytes);

    /// <summary>Checks that one of the roots has the configured fingerprint, if there is one.</summary>
    /// <exception cref="RenewalException">None has it (<see cref="ErrorId.RootFingerprintMismatch"/>).</exception>
    internal void RequireFingerprint(CaSettings settings)
    {
        if (settings.Fingerprint is not null && !Has(settings.Fingerprint))
            throw new RenewalException(
                ErrorId.RootFingerprintMismatch,
                $"The root certificate in '{settings.RootPath}' has the fingerprint {Fingerprint}, but {settings.Fingerprint} is configured.",
                settings.RootRemedy("Find out why the file changed. If the CA has a new root, run Initialize-StepContext -Force with its new fingerprint."));
    }

    /// <summary>Reads the root file of a CA without decoding it.</summary>
    /// <exception cref="RenewalException">The file is missing or cannot be read.</exception>
    internal static InputFile ReadFile(CaSettings settings) => Advise(settings, () => RootFiles.Read(settings.RootPath, settings.FollowedRootsPath));

    /// <summary>Decodes the content of a root file. As in <c>step</c>, a damaged block is skipped if another one can be read.</summary>
    /// <exception cref="RenewalException">It contains no certificate that can be read.</exception>
    internal static TrustedRoots Parse(CaSettings settings, InputFile file) => Advise(settings, () => Parse(file));

    private static TrustedRoots Read(CaSettings settings) => Parse(settings, ReadFile(settings));

    private static TrustedRoots Parse(InputFile file)
    {
        var roots = new List<X509Certificate2>();
        foreach (var der in Blocks(file))
        {
            if (TryDecode(der) is { } root && !roots.Contains(root))
                roots.Add(root);
        }

        return roots.Count > 0 ? new TrustedRoots(file, roots)
            : throw new RenewalException(ErrorId.RootInvalid, $"The root file '{file.Path}' holds no certificate that can be read.", "Download the root again with Initialize-StepContext -Force, or give -Root.");
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Blocks(InputFile file)
    {
        var text = TextFile.Decode(file.Bytes);
        return PemReader.LooksLikePem(text)
            ? PemReader.ReadIntact(text).Where(block => block.IsCertificate).Select(block => (ReadOnlyMemory<byte>)block.Data)
            : [file.Bytes];
    }

    private static X509Certificate2? TryDecode(ReadOnlyMemory<byte> der)
    {
        try
        {
            return CertificateOutline.HasShape(der) ? CertificateDecoder.Decode(der) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    // A registered renewal has its own copy of the root, so it needs another remedy.
    private static T Advise<T>(CaSettings settings, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (RenewalException e) when (settings.RegisteredName is not null && e.ErrorId is ErrorId.RootMissing or ErrorId.RootInvalid or ErrorId.FileEmpty)
        {
            throw new RenewalException(e.ErrorId, e.Message, settings.RootRemedy(e.Remedy), e);
        }
    }
}
