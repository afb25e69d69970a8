namespace StepCaRenew.Renewal;

/// <summary>A change that a run is about to make, for -WhatIf and -Confirm.</summary>
/// <param name="CertificatePath">The certificate file.</param>
/// <param name="Action">The change.</param>
internal sealed record RenewalPlan(string CertificatePath, string Action);
