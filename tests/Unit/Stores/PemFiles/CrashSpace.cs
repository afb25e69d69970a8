using StepCaRenew.Stores;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Stores.PemFiles;

/// <summary>
/// All that can be found on a disk after a replacement was cut short at any moment, by a kill or a power loss; and
/// after its recovery was cut short at any moment, and the recovery of that; the third recovery in a row is let finish.
/// </summary>
internal sealed class CrashSpace
{
    private const int MostCrashes = 3;

    private readonly Layout layout;
    private readonly IReadOnlyList<TestPair> allowed;
    private readonly Dictionary<string, (SimulatedVolume Volume, bool MustBeLast, int Crashes, string How)> seen = [];
    private readonly Queue<(SimulatedVolume Volume, bool MustBeLast, int Crashes, string How)> waiting = new();
    private readonly List<string> failures = [];

    /// <param name="layout">Where the pair lies.</param>
    /// <param name="allowed">The pairs that may be found in the end; the last is the new one.</param>
    public CrashSpace(Layout layout, params TestPair[] allowed) => (this.layout, this.allowed) = (layout, allowed);

    /// <summary>Flushes of a recovery that do nothing.</summary>
    public Func<string, bool> IsSwallowedInRecovery { get; init; } = _ => false;

    /// <summary>Of a first pair: the contents of the place before it; the place may be like that in the end. Null if there was a pair.</summary>
    public PairVersion? Before { get; init; }

    /// <summary>How many different states were recovered from.</summary>
    public int States => seen.Count;

    /// <summary>How many moments of the replacement and of all recoveries were looked at.</summary>
    public int Moments { get; private set; }

    /// <summary>The failures, one line each.</summary>
    public IReadOnlyList<string> Failures => failures;

    /// <summary>The machine may stop now.</summary>
    public void Stop(SimulatedVolume volume, bool mustBeLast, string how) => Stop(volume, mustBeLast, 1, how);

    private void Stop(SimulatedVolume volume, bool mustBeLast, int crashes, string how)
    {
        if (crashes > MostCrashes)
            return;
        Moments++;
        Add(volume.Clone(), mustBeLast, crashes, how + ", killed");
        foreach (var left in volume.CutPower())
            Add(left, mustBeLast, crashes, how + ", power cut");
    }

    /// <summary>Recovers from everything; the states with the fewest crashes come first.</summary>
    public async Task RecoverAllAsync()
    {
        while (waiting.TryDequeue(out var state) && failures.Count < 10)
            await RecoverAsync(state.Volume, state.MustBeLast, state.Crashes, state.How);
    }

    private void Add(SimulatedVolume volume, bool mustBeLast, int crashes, string how)
    {
        var state = (volume, mustBeLast, crashes, how);
        if (seen.TryAdd($"{mustBeLast}{volume.Signature}", state))
            waiting.Enqueue(state);
    }

    private async Task RecoverAsync(SimulatedVolume state, bool mustBeLast, int crashes, string how)
    {
        var volume = state.Clone();
        var found = string.Join(' ', volume.Names.Select(name => $"{Path.GetFileName(name)}={Whose(volume.Peek(name)!)}"));
        var step = 0;
        volume.IsSwallowed = IsSwallowedInRecovery;
        volume.Moment = () => Stop(volume, mustBeLast, crashes + 1, $"{how} > recovery step {++step}");
        try
        {
            await Replacing.RecoverAsync(volume, layout, mayBeNew: Before is not null);
        }
        catch (Exception e)
        {
            failures.Add($"{how}: [{found}] {e.GetType().Name} {e.Message}");
            return;
        }

        volume.Moment = null;
        if (Wrong(volume, mustBeLast) is { } wrong)
            failures.Add($"{how}: [{found}] {wrong}");
    }

    private string? Wrong(SimulatedVolume volume, bool mustBeLast)
    {
        var paths = Layouts.PathsOf(layout);
        var pairs = mustBeLast ? allowed.TakeLast(1) : allowed;
        if ((mustBeLast || Before is null || !Before.Equals(new PairVersion(volume.Peek(paths.Certificate), volume.Peek(paths.Key)))) && !pairs.Any(pair => Holds(volume, paths.Certificate, Layouts.Certificate(layout, pair)) && (paths.IsOneFile || Holds(volume, paths.Key, Layouts.Key(layout, pair)))))
            return $"ends with {Whose(volume.Peek(paths.Certificate) ?? [])} and {Whose(volume.Peek(paths.Key) ?? [])}{(mustBeLast ? " after it was done" : "")}";
        var left = volume.Names.Except([paths.Certificate, paths.Key]).ToList();
        return left.Count > 0 ? $"leaves {string.Join(' ', left)}" : null;
    }

    private string Whose(byte[] content)
    {
        for (var i = 0; i < allowed.Count; i++)
        {
            if (content.AsSpan().SequenceEqual(Layouts.Certificate(layout, allowed[i])))
                return $"certificate {i}";
            if (content.AsSpan().SequenceEqual(Layouts.Key(layout, allowed[i])))
                return $"key {i}";
        }

        return $"{content.Length} bytes";
    }

    private static bool Holds(SimulatedVolume volume, string path, byte[] expected) => volume.Peek(path) is { } content && content.AsSpan().SequenceEqual(expected);
}
