namespace StepCaRenew.Integration.Attacks;

/// <summary>
/// Tests of locks that must be free at once: a process that another test starts has a copy of this process's locks until it
/// executes its program. They run when no other test does.
/// </summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
