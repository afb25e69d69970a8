namespace StepCaRenew.Integration.Cas;

/// <summary>Which CA.</summary>
public enum CaKind
{
    /// <summary>Our own, inside the test process, answering as step-ca 0.19.</summary>
    DevCa,

    /// <summary>smallstep's 0.19, as a process of its own.</summary>
    StepCa,

    /// <summary>Our own, answering as step-ca 0.30.</summary>
    DevCa30,

    /// <summary>smallstep's 0.30, as a process of its own; only if tests/StepCa/build-030.sh has built it.</summary>
    StepCa30,
}
