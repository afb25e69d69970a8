using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.FileSystem;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.FollowUps.Publications;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Policy;
using StepCaRenew.Renewal;
using StepCaRenew.Servers;

namespace StepCaRenew.Integration.Actions;

/// <summary>Runs like those of the cmdlet: the certificates one by one, then their pending actions.</summary>
internal sealed class ActionRun(string stepPath, params ActionDefinition[] actions) : ILogger, IDisposable
{
    private readonly ConcurrentQueue<string> warnings = new();
    private readonly ConcurrentQueue<int> events = new();
    private RenewalEngine? engine;

    public IReadOnlyCollection<string> Warnings => warnings;

    public IReadOnlyCollection<int> Events => events;

    public IVolume Volume { get; init; } = new Volume(new OpenFolders());

    public IReadOnlyList<Publication> Publications { get; init; } = [];

    public RenewalEngine Engine => engine ??= new(TimeProvider.System, () => 0.5, _ => null, this, _ => Volume);

    public IReadOnlyList<ServerAddress> ServedBy { get; init; } = [];

    public TimeSpan ServedTimeout { get; init; } = TimeSpan.FromSeconds(20);

    public ActionHost Host { get; init; } = new() { Timeout = TimeSpan.FromSeconds(30) };

    public static ActionDefinition Append(string file, string word = "ran") => new CommandAction("sh", ["-c", "echo \"$1 $STEPCARENEW_SERIAL\" >> \"$0\"", file, word]);

    public static ActionDefinition Fail() => new CommandAction("sh", ["-c", "exit 1"]);

    /// <summary>An action whose success depends on whether a file is there, as that of a server on whether it runs.</summary>
    public static ActionDefinition AppendIf(string condition, string file) => new CommandAction("sh", ["-c", "[ -e \"$1\" ] && echo ran >> \"$0\"", file, condition]);

    public RenewalRequest Request(string certificatePath, bool isForced = false) => new()
    {
        CertificatePath = certificatePath,
        Rule = RenewalRule.Default with { IsForced = isForced },
        Ca = new CaOptions { StepPath = stepPath },
        RetryTimeout = TimeSpan.Zero,
        Publications = Publications,
        Actions = actions,
        ServedBy = ServedBy,
        ServedTimeout = ServedTimeout,
    };

    public Task<RenewalOutcome> RenewAsync(string certificatePath, bool isForced = false) =>
        Engine.RenewAsync(Request(certificatePath, isForced), CancellationToken.None);

    public async Task<IReadOnlyList<RenewalResult>> RunAsync(bool isForced, params string[] certificatePaths)
    {
        var outcomes = new List<RenewalOutcome>();
        foreach (var path in certificatePaths)
            outcomes.Add(await RenewAsync(path, isForced));
        await Engine.FollowUpAsync(outcomes, Host, CancellationToken.None);
        return [.. outcomes.Select(outcome => outcome.Result)];
    }

    public async Task<RenewalResult> RunAsync(string certificatePath, bool isForced = false) => (await RunAsync(isForced, [certificatePath]))[0];

    /// <summary>Ends the run, as a crash would: what it has not done is anybody's.</summary>
    public void Dispose() => engine?.Dispose();

    /// <summary>A run that ends before it acts.</summary>
    public async Task<RenewalResult> RenewAndDieAsync(string certificatePath)
    {
        var (result, _) = await RenewAsync(certificatePath, isForced: true);
        Dispose();
        return result;
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        events.Enqueue(eventId.Id);
        if (logLevel == LogLevel.Warning)
            warnings.Enqueue(formatter(state, exception));
    }
}
