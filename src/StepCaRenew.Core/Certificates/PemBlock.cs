namespace StepCaRenew.Certificates;

/// <summary>One block of a PEM text (RFC 7468), with the headers of the older form (RFC 1421) if it has any.</summary>
/// <param name="Label">What stands after BEGIN, such as <c>CERTIFICATE</c>.</param>
/// <param name="Headers">Headers such as <c>Proc-Type</c>, by name.</param>
/// <param name="Data">The decoded bytes.</param>
/// <param name="Text">The block as it stands in the file, from BEGIN to END.</param>
public sealed record PemBlock(string Label, IReadOnlyDictionary<string, string> Headers, byte[] Data, string Text)
{
    /// <summary>True for a certificate; OpenSSL reads both labels.</summary>
    public bool IsCertificate => Label is "CERTIFICATE" or "X509 CERTIFICATE";

    /// <summary>True for a private key of any kind, also of those that are not supported.</summary>
    public bool IsPrivateKey => Label.EndsWith("PRIVATE KEY", StringComparison.Ordinal);

    /// <summary>True for the legacy encryption of OpenSSL: <c>Proc-Type: 4,ENCRYPTED</c>.</summary>
    public bool IsLegacyEncrypted => Headers.TryGetValue("Proc-Type", out var type) && type.EndsWith("ENCRYPTED", StringComparison.Ordinal);

    /// <summary>The label alone: the rest may be a key.</summary>
    public override string ToString() => Label;
}
