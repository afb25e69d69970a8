namespace StepCaRenew;

/// <summary>The statuses of a certificate's key.</summary>
public static class KeyStatus
{
    /// <summary>The key matches the certificate.</summary>
    public const string Matches = nameof(Matches);

    /// <summary>The key does not match the certificate.</summary>
    public const string Mismatch = nameof(Mismatch);

    /// <summary>There is no key file.</summary>
    public const string Missing = nameof(Missing);

    /// <summary>The key file cannot be read: it is damaged, its password is missing, or this account does not have permission.</summary>
    public const string Unreadable = nameof(Unreadable);
}
