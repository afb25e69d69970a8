namespace StepCaRenew;

/// <summary>What came of a run over one certificate. Strings, since scripts and Ansible read them as such.</summary>
public static class RenewalStatus
{
    /// <summary>A new certificate lies on disk and fits its key.</summary>
    public const string Renewed = nameof(Renewed);

    /// <summary>It is not yet time.</summary>
    public const string NotDue = nameof(NotDue);

    /// <summary>It is due, and nothing was done: -WhatIf, or a refused confirmation.</summary>
    public const string WouldRenew = nameof(WouldRenew);

    /// <summary>It could not be renewed; <see cref="RenewalResult.ErrorId"/> says why.</summary>
    public const string Failed = nameof(Failed);
}
