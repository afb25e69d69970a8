using Microsoft.Extensions.Logging.Abstractions;
using StepCaRenew.Renewal;

namespace StepCaRenew.Unit.Renewal;

/// <summary>A pair on disk, a clock, and an engine that knows of no CA unless a test tells it.</summary>
internal sealed class EngineRun : IDisposable
{
    public static readonly DateTimeOffset NotBefore = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TestFolder folder = new();

    /// <param name="hours">How much of the pair's 24 hours is over.</param>
    /// <param name="spec">The certificate.</param>
    public EngineRun(int hours, LeafSpec? spec = null)
    {
        Clock = new InstantClock(NotBefore.AddHours(hours));
        Pair = TestAuthority.Default.Issue(spec);
        (CertificatePath, KeyPath) = Pair.WriteTo(folder, "host", TestAuthority.Default.Intermediate);
        SetAge(TimeSpan.FromHours(1));
        Request = new RenewalRequest { CertificatePath = CertificatePath, Ca = new() { StepPath = folder.At("step") } };
    }

    public InstantClock Clock { get; }

    public TestPair Pair { get; }

    public string CertificatePath { get; }

    public string KeyPath { get; }

    public RenewalRequest Request { get; set; }

    public FakeEnvironment Environment { get; } = [];

    public string Folder => folder.Path;

    public Task<RenewalOutcome> RenewAsync(CancellationToken cancellationToken = default) =>
        new RenewalEngine(Clock, () => 0.5, Environment.Get, NullLogger.Instance).RenewAsync(Request, cancellationToken);

    /// <summary>Renews, and asserts that this fails with the error and leaves both files as they were.</summary>
    public async Task<RenewalResult> FailAsync(string errorId)
    {
        var before = Content();
        var (result, error) = await RenewAsync();
        Assert.True(errorId == result.ErrorId, $"{result.ErrorId}: {result.Message}");
        AssertResult.Is(result, RenewalStatus.Failed, message: error!.Message, changed: false);
        Assert.Equal(errorId, error.ErrorId);
        Assert.Equal(before, Content());
        return result;
    }

    /// <summary>How long ago, by the run's clock, both files were written.</summary>
    public void SetAge(TimeSpan age)
    {
        foreach (var file in new[] { CertificatePath, KeyPath })
            File.SetLastWriteTimeUtc(file, (Clock.GetUtcNow() - age).UtcDateTime);
    }

    /// <summary>All files of the folder with their content, but the lock, which stays.</summary>
    public IReadOnlyList<(string Name, string Content)> Content() =>
        [.. Directory.GetFiles(Folder).Where(file => !file.EndsWith("stepcarenew-lock", StringComparison.Ordinal)).Order().Select(file => (Path.GetFileName(file), File.ReadAllText(file)))];

    public void Dispose() => folder.Dispose();
}
