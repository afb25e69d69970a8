using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates;
using StepCaRenew.Policy;

namespace StepCaRenew.Ca.Trust;

/// <summary>
/// The chains of issuers in the CA's answers that the platform has verified, with a leaf. The next leaf of the same kind needs
/// only the signature of its issuer and the present time: building the same chain again takes five times as long.
/// </summary>
/// <remarks>
/// A leaf that this does not accept is not refused: the platform builds its chain. So it is enough that everything that can make
/// a chain invalid is compared here (docs/architecture.md, "A chain of issuers").
/// </remarks>
internal sealed class VerifiedChains : IDisposable
{
    // No CA has more; the limit is for one that sends different chains each time.
    private const int MaximumCount = 16;

    private const string NameConstraints = "2.5.29.30";
    private const string PolicyMappings = "2.5.29.33";
    private const string PolicyConstraints = "2.5.29.36";
    private const string InhibitAnyPolicy = "2.5.29.54";

    private readonly object guard = new();
    private VerifiedChain[] known = [];

    // Windows and macOS also look each leaf up in lists of distrusted certificates.
    private static bool IsAvailable { get; } = OperatingSystem.IsLinux();

    /// <summary>The issuers of a leaf whose chain is known to be valid at a moment; null if the platform must build the chain.</summary>
    /// <param name="leaf">The leaf.</param>
    /// <param name="sent">The other certificates of the answer.</param>
    /// <param name="moment">The moment.</param>
    /// <returns>The verified issuers, as <see cref="Add"/> was given them: those that were sent are those of this answer.</returns>
    public IReadOnlyList<X509Certificate2>? FindIssuers(X509Certificate2 leaf, IReadOnlyList<X509Certificate2> sent, DateTimeOffset moment)
    {
        if (known.Length == 0 || SignedLeaf.TryRead(leaf.RawDataMemory) is not { } signed || moment < signed.NotBefore || moment >= signed.NotAfter)
            return null;
        return Array.Find(known, chain => chain.IsOf(signed, sent, moment) && chain.HasSigned(signed))?.TakeIssuers(sent);
    }

    /// <summary>Adds a chain that the platform has just verified.</summary>
    /// <param name="elements">The leaf, its issuers, and the root.</param>
    /// <param name="sent">The other certificates of the answer.</param>
    /// <param name="issuers">The issuers without the root, each one of the answer or of the root file.</param>
    public void Add(IReadOnlyList<X509Certificate2> elements, IReadOnlyList<X509Certificate2> sent, IReadOnlyList<X509Certificate2> issuers)
    {
        if (!IsAvailable || elements.Count < 2 || elements.Skip(1).Any(DependsOnLeaf) || SignedLeaf.TryRead(elements[0].RawDataMemory) is not { } leaf)
            return;
        lock (guard)
        {
            // Several renewals at a time have verified the first one.
            if (known.Length < MaximumCount && !Array.Exists(known, chain => chain.IsFor(leaf, sent)))
                known = [.. known, new VerifiedChain(leaf, elements, sent, issuers)];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (guard)
        {
            foreach (var chain in known)
                chain.Dispose();
            known = [];
        }
    }

    // Whether an issuer restricts the names or policies of a leaf.
    private static bool DependsOnLeaf(X509Certificate2 issuer) =>
        issuer.Extensions.Any(one => one.Oid?.Value is null or NameConstraints or PolicyMappings or PolicyConstraints or InhibitAnyPolicy);

    private sealed class VerifiedChain : IDisposable
    {
        private readonly SignedLeaf leaf;
        private readonly X509Certificate2 issuer;
        private readonly byte[][] sent;
        private readonly List<(int Sent, byte[] Certificate)> issuers;
        private readonly DateTimeOffset notBefore;
        private readonly DateTimeOffset notAfter;

        // A key object serves one thread at a time.
        private readonly ConcurrentBag<AsymmetricAlgorithm> keys = [];

        public VerifiedChain(SignedLeaf leaf, IReadOnlyList<X509Certificate2> elements, IReadOnlyList<X509Certificate2> sent, IReadOnlyList<X509Certificate2> issuers)
        {
            (this.leaf, issuer) = (leaf, new X509Certificate2(elements[1]));
            this.sent = [.. sent.Select(one => one.RawData)];
            this.issuers = [.. issuers.Select(one => (this.sent.ToList().FindIndex(other => one.RawDataMemory.Span.SequenceEqual(other)), one.RawData))];
            var validities = elements.Skip(1).Select(CertificateValidity.FromCertificate).ToList();
            (notBefore, notAfter) = (validities.Max(one => one.NotBefore), validities.Min(one => one.NotAfter));
        }

        public bool IsOf(SignedLeaf other, IReadOnlyList<X509Certificate2> others, DateTimeOffset moment) => moment >= notBefore && moment < notAfter && IsFor(other, others);

        public bool IsFor(SignedLeaf other, IReadOnlyList<X509Certificate2> others) =>
            other.IsLike(leaf) && others.Count == sent.Length && !sent.Where((one, index) => !others[index].RawDataMemory.Span.SequenceEqual(one)).Any();

        public bool HasSigned(SignedLeaf other)
        {
            if (!keys.TryTake(out var key) && (key = (AsymmetricAlgorithm?)issuer.GetECDsaPublicKey() ?? issuer.GetRSAPublicKey()) is null)
                return false;
            try
            {
                return other.IsSignedBy(key);
            }
            catch (CryptographicException)
            {
                return false;
            }
            finally
            {
                keys.Add(key);
            }
        }

        public IReadOnlyList<X509Certificate2> TakeIssuers(IReadOnlyList<X509Certificate2> others) =>
            [.. issuers.Select(one => one.Sent >= 0 ? others[one.Sent] : CertificateDecoder.Decode(one.Certificate))];

        public void Dispose()
        {
            issuer.Dispose();
            foreach (var key in keys)
                key.Dispose();
        }
    }
}
