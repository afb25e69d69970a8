using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Certificates.Pem;
using StepCaRenew.FileSystem;

namespace StepCaRenew.FollowUps.Publications;

/// <summary>The parts of a pair that a PEM file can hold.</summary>
internal enum PemForm
{
    /// <summary>The leaf, its chain and the key in one file, as HAProxy and lighttpd read it.</summary>
    Bundle,

    /// <summary>The chain without the leaf.</summary>
    Chain,

    /// <summary>The leaf alone.</summary>
    Leaf,

    /// <summary>The root certificate.</summary>
    Root,

    /// <summary>The key alone.</summary>
    Key,
}

/// <summary>Parts of a pair in a PEM file. A key in it is not encrypted.</summary>
/// <param name="Form">The parts.</param>
/// <param name="Path">The file; a full path.</param>
internal sealed record PemPublication(PemForm Form, string Path) : FilePublication(Path)
{
    /// <summary>The format of the key, if the file holds the key alone.</summary>
    public KeyFormat Format { get; init; } = KeyFormat.Pkcs8;

    /// <inheritdoc/>
    public override string Parameter => Form == PemForm.Key ? "-KeyOutPath" : $"-{Form}Path";

    /// <inheritdoc/>
    public override string Parameters => Form == PemForm.Key ? $"{base.Parameters} -KeyFormat {Format}" : base.Parameters;

    /// <inheritdoc/>
    public override bool HoldsKey => Form is PemForm.Bundle or PemForm.Key;

    /// <inheritdoc/>
    public override void RequireUsable(string keyAlgorithm)
    {
        var isRsa = keyAlgorithm.StartsWith("RSA", StringComparison.OrdinalIgnoreCase);
        if (Form == PemForm.Key && (isRsa ? Format == KeyFormat.Sec1 : Format == KeyFormat.Pkcs1))
            throw PublicationErrors.Invalid(
                $"'{Path}' cannot get the key as {Format}, which is a format for {(isRsa ? "EC" : "RSA")} keys: the key is {keyAlgorithm}.",
                $"Give -KeyFormat {(isRsa ? KeyFormat.Pkcs1 : KeyFormat.Sec1)}, or Pkcs8, which is for all keys.");
    }

    /// <inheritdoc/>
    public override byte[] Render(PublishedPair pair)
    {
        RequireUsable(pair.Keyed.Key.Algorithm);
        var certificates = Certificates(pair).Select(certificate => certificate.ExportCertificatePem());
        return PemDocument.Write(HoldsKey ? certificates.Append(KeyContent.RenderBlock(pair.Keyed.Key, Format)) : certificates, model: null);
    }

    /// <inheritdoc/>
    public override bool IsFormOf(PublishedPair pair, byte[] content)
    {
        var file = new InputFile(Path, content, default);
        var document = PemDocument.Parse(file, "published file", ErrorId.CertificateInvalid);
        var wanted = Certificates(pair);
        var found = document.Blocks.Where(block => block.IsCertificate).ToList();
        if (document.Blocks.Count != wanted.Count + (HoldsKey ? 1 : 0) || found.Count != wanted.Count || found.Zip(wanted).Any(both => !both.First.Data.AsSpan().SequenceEqual(both.Second.RawDataMemory.Span)))
            return false;
        if (!HoldsKey)
            return true;
        using var key = KeyFile.Parse(file, password: null);
        return key.Format == Format && PairMatch.Matches(pair.Keyed.Leaf, key.Key);
    }

    private IReadOnlyList<X509Certificate2> Certificates(PublishedPair pair) => Form switch
    {
        PemForm.Bundle => [pair.Keyed.Leaf, .. pair.Keyed.Chain],
        // An empty file would look like a chain until a server reads it.
        PemForm.Chain => pair.Keyed.Chain is { Count: > 0 } chain ? chain : throw PublicationErrors.CannotBeMade(
            $"'{pair.Keyed.Source}' has no chain: it holds the certificate alone.", "A DER file cannot hold a chain: convert the pair to PEM. If a root certificate issued this certificate, leave out -ChainPath."),
        PemForm.Leaf => [pair.Keyed.Leaf],
        PemForm.Root => [pair.Root],
        _ => [],
    };
}
