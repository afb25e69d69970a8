namespace StepCaRenew.Certificates.Pem;

/// <summary>One block of a PEM text (RFC 7468), with the headers of the older form (RFC 1421) if it has any.</summary>
/// <param name="Label">The label after BEGIN, such as <c>CERTIFICATE</c>.</param>
/// <param name="Headers">Headers such as <c>Proc-Type</c>, by name.</param>
/// <param name="Data">The decoded bytes.</param>
/// <param name="Text">The unchanged text of the block, from BEGIN to END.</param>
internal sealed record PemBlock(string Label, IReadOnlyDictionary<string, string> Headers, byte[] Data, string Text)
{
    /// <summary>Whether it is a certificate; OpenSSL reads both labels.</summary>
    public bool IsCertificate => Label is "CERTIFICATE" or "X509 CERTIFICATE";

    /// <summary>Whether it is a private key of any format, supported or not.</summary>
    public bool IsPrivateKey => Label.EndsWith("PRIVATE KEY", StringComparison.Ordinal);

    /// <summary>Whether it has OpenSSL's legacy encryption: <c>Proc-Type: 4,ENCRYPTED</c>.</summary>
    public bool IsLegacyEncrypted => Headers.TryGetValue("Proc-Type", out var type) && type.EndsWith("ENCRYPTED", StringComparison.Ordinal);

    /// <summary>The label only: the data may be a key.</summary>
    public override string ToString() => Label;
}
