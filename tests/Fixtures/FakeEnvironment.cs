namespace StepCaRenew.Fixtures;

/// <summary>Environment variables of one test.</summary>
internal sealed class FakeEnvironment : Dictionary<string, string>
{
    public string? Get(string name) => this.GetValueOrDefault(name);
}
