namespace StepCaRenew.Actions;

/// <summary>Something that is to be done after a renewal. It comes with the call, never from what a run left on disk.</summary>
public abstract record ActionDefinition
{
    /// <summary>What it does, to begin a sentence with: a name, never an argument, since those may be secret.</summary>
    public abstract string Description { get; }

    /// <summary>How long it may take; null for what the call says. It is no part of what tells one action from another.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>What makes it this action and no other: the kind first. Only a hash of it is ever written down.</summary>
    internal abstract IReadOnlyList<string> Identity { get; }

    /// <summary>The same for the same action, in every process and on every machine.</summary>
    internal string Hash => ActionHash.Compute(Identity);

    /// <summary>Finds out what can be found out before the CA is asked.</summary>
    /// <param name="host">What the actions of a call have in common.</param>
    /// <exception cref="RenewalException">It could never be run (<see cref="ErrorId.ActionInvalid"/>).</exception>
    public virtual void RequireRunnable(ActionHost host)
    {
    }

    /// <summary>Does it.</summary>
    /// <exception cref="RenewalException">It failed (<see cref="ErrorId.ActionFailed"/>).</exception>
    internal abstract Task RunAsync(ActionContext context, CancellationToken cancellationToken);
}
