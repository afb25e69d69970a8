using System.Text.Json;
using Microsoft.Extensions.Logging;
using StepCaRenew.Inspection;
using StepCaRenew.Logging;
using StepCaRenew.Renewal;

namespace StepCaRenew.Registration.Accounts;

/// <summary>Reads the lines of the process of another account: shows its events, answers its questions, and keeps its outcomes.</summary>
/// <param name="renewals">The renewals that it is to run.</param>
/// <param name="approve">Asked before anything is changed.</param>
internal sealed class OtherOutcomes(IReadOnlyList<OtherRenewal> renewals, ILogger logger, Func<RenewalPlan, CancellationToken, Task<bool>> approve)
{
    // An action fails once, for all renewals that have it.
    private const int Most = 64;

    private readonly Dictionary<string, RegisteredOutcome> outcomes = [];

    /// <summary>The actions that failed.</summary>
    public List<RenewalException> ActionErrors { get; } = [];

    /// <summary>Whether the last line was read.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>The error of renewals without an outcome.</summary>
    public RenewalException? Failure { get; set; }

    /// <summary>Whether the events of debugging are shown.</summary>
    public bool ShowsDebug => logger.IsEnabled(LogLevel.Debug);

    /// <summary>Reads one line.</summary>
    /// <returns>The answer to a question; null if it was none.</returns>
    /// <exception cref="JsonException">It is not a line that the module writes.</exception>
    public async Task<bool?> TakeAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken)
    {
        var answer = AccountAnswer.Parse(line.Span);
        switch (answer)
        {
            case { IsEnd: true }:
                HasEnded = true;
                return null;
            case { Level: { } level, Text: { } text }:
                Show(LevelOf(level), text);
                return null;
            case { Action: { } action, Text: { } certificate }:
                return await approve(new RenewalPlan(AccountText.Clean(certificate), AccountText.Clean(action)), cancellationToken).ConfigureAwait(false);
            case { Name: { } name }:
                Add(name, answer);
                return null;
            case { Error: { } error } when ActionErrors.Count < renewals.Count + Most:
                ActionErrors.Add(error.ToException());
                return null;
            default:
                throw new JsonException();
        }
    }

    /// <summary>The outcome of a renewal.</summary>
    public RegisteredOutcome For(OtherRenewal other)
    {
        if (outcomes.TryGetValue(other.Definition.Name, out var outcome))
            return outcome;
        var error = Failure ?? Failed(other.Account, "ended before it reported the outcome");
        var result = RenewalResult.Refused(other.Definition.Place, other.Definition.KeyPath, error) with { Name = other.Definition.Name };
        return new RegisteredOutcome(other.Store, other.Definition.Name, null, logger, [new RenewalOutcome(result, error)], null) { IsElsewhere = true };
    }

    /// <summary>The error of a process that gave no outcome.</summary>
    public static RenewalException Failed(string account, string what, Exception? e = null) => new(
        ErrorId.AccountRunFailed, $"The process that runs the renewals of '{account}' {what}.",
        "See the logs of the renewals, and run them as that user: Invoke-StepRenewal -Name <name>.", e);

    private void Show(LogLevel level, string text)
    {
        var message = AccountText.Clean(text);
        TaskLog.OfOtherAccount(logger, level, message);
    }

    private void Add(string name, AccountAnswer answer)
    {
        var other = renewals.FirstOrDefault(one => one.Definition.Name == name) ?? throw new JsonException();
        var error = answer.Error?.ToException();
        var outcome = answer switch
        {
            { Result: { } result } => new RegisteredOutcome(other.Store, name, null, logger, [new RenewalOutcome(result.ToResult(other.Definition), error)], null) { IsElsewhere = true },
            { Error: not null } => new RegisteredOutcome(other.Store, name, null, logger, [], error) { IsElsewhere = true },
            _ => throw new JsonException(),
        };
        // Only a renewal of several certificates has several outcomes, unless it was refused.
        if (outcomes.TryGetValue(name, out var earlier))
            outcome = other.Definition.Certificates is not null && earlier.Runs.Count is > 0 and <= CertificateSet.MostCertificates && outcome.Runs.Count > 0 ? outcome with { Runs = [.. earlier.Runs, .. outcome.Runs] } : throw new JsonException();
        outcomes[name] = outcome;
    }

    private static LogLevel LevelOf(EventLevel level) => level switch
    {
        EventLevel.Debug => LogLevel.Debug,
        EventLevel.Information => LogLevel.Information,
        EventLevel.Warning => LogLevel.Warning,
        _ => throw new JsonException(),
    };
}

/// <summary>A renewal of a call that runs as another account than this process.</summary>
/// <param name="Position">Its place among those of the call.</param>
/// <param name="Store">Where it is registered.</param>
/// <param name="Definition">Its definition.</param>
internal sealed record OtherRenewal(int Position, DefinitionStore Store, RenewalDefinition Definition)
{
    /// <summary>The account.</summary>
    public string Account => RunAccount.FromDefinition(Definition).Display;
}
