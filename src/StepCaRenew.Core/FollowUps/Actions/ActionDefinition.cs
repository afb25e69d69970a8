namespace StepCaRenew.FollowUps.Actions;

/// <summary>A task to run after a renewal. It comes from the call or the definition, never from the record of pending actions.</summary>
internal abstract record ActionDefinition
{
    /// <summary>A noun for messages, such as <c>action 'sh'</c>. It never holds an argument: arguments may be secret.</summary>
    public abstract string Description { get; }

    /// <summary>The time limit; null for that of the call. Not part of the identity.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The values that identify the action, its kind first. Only their hash is ever written to disk.</summary>
    internal abstract IReadOnlyList<string> Identity { get; }

    /// <summary>The hash of the identity, the same in every process and on every machine.</summary>
    internal string Hash => ActionHash.Compute(Identity);

    /// <summary>Checks, before the CA is asked, that the action can run.</summary>
    /// <exception cref="RenewalException">The action cannot run (<see cref="ErrorId.ActionInvalid"/>).</exception>
    public virtual void RequireRunnable(ActionHost host)
    {
    }

    /// <summary>Runs the action.</summary>
    /// <exception cref="RenewalException">The action failed (<see cref="ErrorId.ActionFailed"/>).</exception>
    internal abstract Task RunAsync(ActionContext context, CancellationToken cancellationToken);
}
