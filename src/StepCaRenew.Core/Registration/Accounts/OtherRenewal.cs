namespace StepCaRenew.Registration.Accounts;

/// <summary>A renewal of a call that runs as another account than this process.</summary>
/// <param name="Position">Its place among those of the call.</param>
/// <param name="Store">Where it is registered.</param>
/// <param name="Definition">Its definition.</param>
internal sealed record OtherRenewal(int Position, DefinitionStore Store, RenewalDefinition Definition)
{
    /// <summary>The account.</summary>
    public string Account => RunAccount.FromDefinition(Definition).Display;
}
