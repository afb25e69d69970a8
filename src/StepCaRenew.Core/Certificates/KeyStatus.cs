namespace StepCaRenew.Certificates;

/// <summary>Where the key of a certificate stands.</summary>
public static class KeyStatus
{
    /// <summary>It belongs to the certificate.</summary>
    public const string Matches = nameof(Matches);

    /// <summary>It belongs to another one.</summary>
    public const string Mismatch = nameof(Mismatch);

    /// <summary>There is no key file.</summary>
    public const string Missing = nameof(Missing);

    /// <summary>The key file can't be read: damaged, encrypted without a password, or not permitted.</summary>
    public const string Unreadable = nameof(Unreadable);
}
