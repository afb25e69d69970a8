namespace StepCaRenew;

/// <summary>The encryptions of new PFX files.</summary>
public enum PfxEncryption
{
    /// <summary>AES-256 with PBKDF2 and HMAC-SHA-256: Windows 10 and Server 2019, OpenSSL, Java since 8u301.</summary>
    Aes256,

    /// <summary>3DES with SHA-1, for programs that cannot read the other one: Windows Server 2016 and older.</summary>
    TripleDes,
}
