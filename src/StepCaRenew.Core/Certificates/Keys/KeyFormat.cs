namespace StepCaRenew;

/// <summary>The formats of a private key.</summary>
public enum KeyFormat
{
    /// <summary>PKCS#8, RFC 5208: <c>PRIVATE KEY</c>.</summary>
    Pkcs8,

    /// <summary>Encrypted PKCS#8, RFC 5958: <c>ENCRYPTED PRIVATE KEY</c>.</summary>
    EncryptedPkcs8,

    /// <summary>PKCS#1, RFC 8017: <c>RSA PRIVATE KEY</c>.</summary>
    Pkcs1,

    /// <summary>SEC 1, RFC 5915: <c>EC PRIVATE KEY</c>.</summary>
    Sec1,
}
