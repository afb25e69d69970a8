namespace StepCaRenew.Renewal;

/// <summary>What a run is about to do; shown to whoever approves it.</summary>
/// <param name="CertificatePath">The certificate that is to be replaced.</param>
/// <param name="Action">What is to be done, for the question of -WhatIf and -Confirm.</param>
internal sealed record RenewalPlan(string CertificatePath, string Action);
