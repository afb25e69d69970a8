namespace StepCaRenew.DevCa;

/// <summary>Which generation of step-ca a development CA answers as; docs/platforms.md lists the differences.</summary>
public enum Generation
{
    /// <summary>0.19.0, as Debian 12 has it.</summary>
    V19,

    /// <summary>0.30.2.</summary>
    V30,
}
