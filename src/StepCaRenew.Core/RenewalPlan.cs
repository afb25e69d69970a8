namespace StepCaRenew;

/// <summary>What a run is about to do; shown to whoever approves it.</summary>
/// <param name="CertificatePath">The certificate that is to be replaced.</param>
/// <param name="Subject">Its subject.</param>
/// <param name="NotAfter">The end of its validity.</param>
public sealed record RenewalPlan(string CertificatePath, string Subject, DateTimeOffset NotAfter);
