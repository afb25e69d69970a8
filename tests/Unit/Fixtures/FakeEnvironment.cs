namespace StepCaRenew.Unit.Fixtures;

/// <summary>Environment variables of one test; indexable to be set, callable as the code under test wants them.</summary>
internal sealed class FakeEnvironment : Dictionary<string, string>
{
    public string? Get(string name) => this.GetValueOrDefault(name);
}
