namespace StepCaRenew;

public static partial class ErrorId
{
    // Trusting a CA
    /// <summary>A text is not a SHA-256 fingerprint.</summary>
    public const string FingerprintInvalid = nameof(FingerprintInvalid);
    /// <summary>The CA has no root certificate with the given fingerprint.</summary>
    public const string RootUnknown = nameof(RootUnknown);
    /// <summary>The certificate with the given fingerprint is not that of a root authority.</summary>
    public const string RootNotAuthority = nameof(RootNotAuthority);
    /// <summary>The step folder, or the context, is already configured for another CA.</summary>
    public const string ContextExists = nameof(ContextExists);
    /// <summary>The account has no home folder, and no step folder was named.</summary>
    public const string HomeMissing = nameof(HomeMissing);
    /// <summary>This machine's store of trusted root certificates is of a kind that is not known.</summary>
    public const string TrustStoreUnavailable = nameof(TrustStoreUnavailable);
    /// <summary>The root certificate cannot be added to the machine's store of trusted root certificates.</summary>
    public const string TrustStoreFailed = nameof(TrustStoreFailed);
    /// <summary>The server redirects to another address; redirects are not followed.</summary>
    public const string CaRedirected = nameof(CaRedirected);

    // Revocation
    /// <summary>A text is not a serial number.</summary>
    public const string SerialNumberInvalid = nameof(SerialNumberInvalid);
    /// <summary>The token or the certificate of a revocation is for another serial number.</summary>
    public const string SerialNumberDiffers = nameof(SerialNumberDiffers);
    /// <summary>The certificate is already revoked.</summary>
    public const string AlreadyRevoked = nameof(AlreadyRevoked);
    /// <summary>The CA refused to revoke the certificate.</summary>
    public const string RevocationRefused = nameof(RevocationRefused);
    /// <summary>The CA cannot revoke: it has no database.</summary>
    public const string RevocationUnsupported = nameof(RevocationUnsupported);
}
