namespace StepCaRenew.Integration.Cas;

/// <summary>The kinds of CA.</summary>
public enum CaKind
{
    /// <summary>DevCa in the test process, imitating step-ca 0.19.</summary>
    DevCa,

    /// <summary>smallstep's step-ca 0.19 in its own process.</summary>
    StepCa,

    /// <summary>DevCa, imitating step-ca 0.30.</summary>
    DevCa30,

    /// <summary>smallstep's step-ca 0.30 in its own process; only if tests/StepCa/build-030.sh has built it.</summary>
    StepCa30,
}
