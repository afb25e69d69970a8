namespace StepCaRenew.Integration.Cas;

/// <summary>Which CA.</summary>
public enum CaKind
{
    /// <summary>Our own, inside the test process.</summary>
    DevCa,

    /// <summary>smallstep's, as a process of its own.</summary>
    StepCa,
}
