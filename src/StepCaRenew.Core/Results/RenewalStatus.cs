namespace StepCaRenew;

/// <summary>The outcome of a run over one certificate. Strings, for scripts and Ansible.</summary>
public static class RenewalStatus
{
    /// <summary>A new certificate is in place and matches its key.</summary>
    public const string Renewed = nameof(Renewed);

    /// <summary>The certificate is not due yet.</summary>
    public const string NotDue = nameof(NotDue);

    /// <summary>The certificate is due, and nothing was done: -WhatIf, or a refused confirmation.</summary>
    public const string WouldRenew = nameof(WouldRenew);

    /// <summary>The certificate could not be renewed; <see cref="RenewalResult.ErrorId"/> says why.</summary>
    public const string Failed = nameof(Failed);
}
