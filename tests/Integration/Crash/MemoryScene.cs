using Microsoft.Extensions.Logging.Abstractions;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Policy;
using StepCaRenew.Renewal;
using StepCaRenew.Stores;

namespace StepCaRenew.Integration.Crash;

/// <summary>One pair in the store in memory.</summary>
internal sealed class MemoryScene : CrashScene
{
    private readonly ITestCa ca;
    private readonly MemoryPlace place;
    private readonly byte[] old;

    public MemoryScene(ITestCa ca, IssuedPair issued)
    {
        (this.ca, place) = (ca, new MemoryPlace());
        Deploy(issued);
        old = place.Current!;
    }

    private MemoryScene(MemoryScene other) => (ca, place, old) = (other.ca, other.place.Copy(), other.old);

    public override IReadOnlyList<string> Leftovers => [.. place.Entries.Where(entry => entry != place.Current).Select(entry => $"an entry of {entry.Length} bytes")];

    public override RenewalRequest Request(bool rekey) => new()
    {
        CertificatePath = "memory",
        Rekey = rekey,
        Rule = RenewalRule.Force,
        Ca = new() { StepPath = ca.StepPath },
        RetryTimeout = TimeSpan.Zero,
    };

    public override CrashScene Copy() => new MemoryScene(this);

    public override Task<(RenewalResult Result, RenewalException? Error)> RunAsync(RenewalRequest request, int dieAt)
    {
        var count = 0;
        return RunAsync(request, () =>
        {
            count++;
            if (dieAt > 0 && count >= dieAt)
                throw new DyingVolume.CrashException();
        });
    }

    public override Task<(RenewalResult Result, RenewalException? Error)> RunAsync(RenewalRequest request, int at, Action other)
    {
        var count = 0;
        return RunAsync(request, () =>
        {
            if (++count == at)
                other();
        });
    }

    public override void Deploy(IssuedPair theirs) => place.Deploy(File.ReadAllText(theirs.CertificatePath), File.ReadAllText(theirs.KeyPath));

    public override string Serial()
    {
        using var store = new MemoryStore(new MemoryLocation(place, "memory", () => { }), TimeProvider.System);
        using var snapshot = store.TryPeek();
        return snapshot!.Facts.SerialNumber;
    }

    public override bool AssertWhole(string when)
    {
        Assert.NotEmpty(Serial());
        Assert.True(Leftovers.Count == 0, $"{when}: {string.Join(", ", Leftovers)}");
        return place.Current != old;
    }

    public override void Dispose()
    {
    }

    private async Task<(RenewalResult Result, RenewalException? Error)> RunAsync(RenewalRequest request, Action pass)
    {
        using var engine = new RenewalEngine(TimeProvider.System, () => 0.5, _ => null, NullLogger.Instance);
        var (result, error) = await engine.RenewAsync(request with { Location = new MemoryLocation(place, "memory", pass) }, CancellationToken.None);
        return (result, error);
    }
}
