namespace StepCaRenew.DevCa;

/// <summary>The generation of step-ca that a DevCa imitates; docs/platforms.md lists the differences.</summary>
public enum Generation
{
    /// <summary>0.19.0, the version of Debian 12.</summary>
    V19,

    /// <summary>0.30.2.</summary>
    V30,
}
