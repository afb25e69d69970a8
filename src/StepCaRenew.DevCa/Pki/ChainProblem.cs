namespace StepCaRenew.DevCa.Pki;

/// <summary>Why Go's verifier refuses a certificate.</summary>
internal enum ChainProblem
{
    /// <summary>The certificate or an issuer has expired or is not yet valid.</summary>
    Expired,

    /// <summary>No chain leads to a trusted certificate.</summary>
    UnknownAuthority,

    /// <summary>The certificate does not permit this usage.</summary>
    WrongUsage,
}
