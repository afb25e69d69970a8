using System.Text.Json;
using System.Text.Json.Serialization;
using StepCaRenew.Accounts;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.FollowUps.Notifiers;
using StepCaRenew.Json;
using StepCaRenew.Policy;
using StepCaRenew.Renewal;
using StepCaRenew.Scheduling;
using StepCaRenew.Servers;

namespace StepCaRenew.Registration;

internal sealed class ScopeConverter() : TextConverter<RenewalScope>(
    text => Enum.GetNames<RenewalScope>().Contains(text) ? Enum.Parse<RenewalScope>(text) : throw new InvalidValueException($"'{text}' is none of {string.Join(", ", Enum.GetNames<RenewalScope>())}"),
    scope => scope.ToString());

internal sealed class IntervalConverter() : TextConverter<TimeSpan>(
    text => ScheduleInterval.All.Select(interval => (Interval: interval, Text: ScheduleInterval.Format(interval))).FirstOrDefault(one => one.Text == text) is { Text: not null } found
        ? found.Interval : throw new InvalidValueException($"'{text}' is none of {string.Join(", ", ScheduleInterval.All.Select(ScheduleInterval.Format))}"),
    ScheduleInterval.Format);

internal sealed class SchedulerConverter() : NameConverter(SchedulerKind.All);

internal sealed class SidConverter() : CheckedTextConverter(text => AccountSpelling.IsSid(text) ? null : $"'{text}' is not a SID");

internal sealed class ServerConverter() : TextConverter<ServerAddress>(ServerAddress.Parse, server => server.Text);

/// <summary>When a certificate is due, as in a definition: an object with exactly one property. The default rule is not written.</summary>
internal sealed class RuleConverter : JsonConverter<RenewalRule>
{
    public override RenewalRule Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        InvalidValueException.ReadInner(ref reader, DefinitionJson.Default.RuleProperties) switch
        {
            { ExpiresIn: { } remaining, RenewAt: null } => new RenewalRule.ExpiresIn(remaining),
            { ExpiresIn: null, RenewAt: { } percent } => new RenewalRule.ElapsedPercent(percent),
            _ => throw new InvalidValueException("it needs exactly one of expiresIn and renewAt"),
        };

    public override void Write(Utf8JsonWriter writer, RenewalRule value, JsonSerializerOptions options) => JsonSerializer.Serialize(
        writer, new RuleProperties { ExpiresIn = (value as RenewalRule.ExpiresIn)?.Remaining, RenewAt = (value as RenewalRule.ElapsedPercent)?.Percent }, DefinitionJson.Default.RuleProperties);
}

internal sealed record RuleProperties
{
    [JsonConverter(typeof(TimeLimitConverter))]
    public TimeSpan? ExpiresIn { get; init; }

    [JsonConverter(typeof(PercentageConverter))]
    public double? RenewAt { get; init; }
}

/// <summary>An action of a definition: an object whose properties tell its kind.</summary>
internal sealed class ActionConverter : JsonConverter<ActionDefinition>
{
    public override ActionDefinition Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var action = InvalidValueException.ReadInner(ref reader, DefinitionJson.Default.ActionProperties);
        if (action.Arguments is not null && action.Run is null)
            throw new InvalidValueException("'arguments' are for 'run' alone");
        if (action.Signal is not null && action.PidFile is null)
            throw new InvalidValueException("'signal' needs a 'pidFile'");
        ActionDefinition?[] actions =
        [
            action.Run is { } program ? new CommandAction(program, action.Arguments ?? []) : null,
            action.Script is { } script ? new ScriptAction(script) : null,
            // Without a signal HUP, as for step's --pid-file.
            action.PidFile is { } pidFile ? new SignalAction(action.Signal ?? SignalAction.DefaultSignal, pidFile) : null,
            action.ReloadService is { } reload ? new ServiceAction(reload, IsReload: true) : null,
            action.RestartService is { } restart ? new ServiceAction(restart, IsReload: false) : null,
        ];
        return actions.OfType<ActionDefinition>().ToList() is [var only] ? only
            : throw new InvalidValueException("an action needs exactly one of run, script, pidFile (with or without signal), reloadService and restartService");
    }

    public override void Write(Utf8JsonWriter writer, ActionDefinition value, JsonSerializerOptions options) => JsonSerializer.Serialize(writer, value switch
    {
        CommandAction command => new ActionProperties { Run = command.FilePath, Arguments = command.ArgumentList is { Count: > 0 } arguments ? arguments : null },
        ScriptAction script => new ActionProperties { Script = script.ScriptPath },
        SignalAction signal => new ActionProperties { Signal = signal.Signal, PidFile = signal.PidFile },
        ServiceAction { IsReload: true } service => new ActionProperties { ReloadService = service.Name },
        ServiceAction service => new ActionProperties { RestartService = service.Name },
        _ => throw new NotSupportedException($"{value.GetType().Name} exists only in a session."),
    }, DefinitionJson.Default.ActionProperties);
}

internal sealed record ActionProperties
{
    [JsonConverter(typeof(FullPathConverter))]
    public string? Run { get; init; }

    [JsonConverter(typeof(ArgumentsConverter))]
    public IReadOnlyList<string>? Arguments { get; init; }

    [JsonConverter(typeof(FullPathConverter))]
    public string? Script { get; init; }

    [JsonConverter(typeof(SignalConverter))]
    public string? Signal { get; init; }

    [JsonConverter(typeof(FullPathConverter))]
    public string? PidFile { get; init; }

    public string? ReloadService { get; init; }

    public string? RestartService { get; init; }
}

/// <summary>A notifier of a definition: an object whose properties tell its kind.</summary>
internal sealed class NotifierConverter : JsonConverter<Notifier>
{
    public override Notifier Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var given = InvalidValueException.ReadInner(ref reader, DefinitionJson.Default.NotifierProperties);
        if (given.Arguments is not null && given.Run is null)
            throw new InvalidValueException("'arguments' are for 'run' alone");
        ActionDefinition?[] actions =
        [
            given.Run is { } program ? new CommandAction(program, given.Arguments ?? []) : null,
            given.Script is { } script ? new ScriptAction(script) : null,
            given.UriFile is { } file ? WebhookAction.ToAddressIn(file) : null,
        ];
        return actions.OfType<ActionDefinition>().ToList() is [var only] ? new Notifier(only) : throw new InvalidValueException("a notifier needs exactly one of run, script and uriFile");
    }

    public override void Write(Utf8JsonWriter writer, Notifier value, JsonSerializerOptions options) => JsonSerializer.Serialize(writer, value.Action switch
    {
        CommandAction command => new NotifierProperties { Run = command.FilePath, Arguments = command.ArgumentList is { Count: > 0 } arguments ? arguments : null },
        ScriptAction script => new NotifierProperties { Script = script.ScriptPath },
        WebhookAction { UriFile: { } file } => new NotifierProperties { UriFile = file },
        _ => throw new NotSupportedException($"{value.Action.GetType().Name} exists only in a session."),
    }, DefinitionJson.Default.NotifierProperties);
}

internal sealed record NotifierProperties
{
    [JsonConverter(typeof(FullPathConverter))]
    public string? Run { get; init; }

    [JsonConverter(typeof(ArgumentsConverter))]
    public IReadOnlyList<string>? Arguments { get; init; }

    [JsonConverter(typeof(FullPathConverter))]
    public string? Script { get; init; }

    [JsonConverter(typeof(FullPathConverter))]
    public string? UriFile { get; init; }
}

internal sealed class SignalConverter() : TextConverter<string>(
    signal =>
    {
        Signals.Parse(signal);
        return signal;
    },
    signal => signal);

/// <summary>The arguments of a program, which can be empty and have line ends.</summary>
internal sealed class ArgumentsConverter : JsonConverter<IReadOnlyList<string>>
{
    public override IReadOnlyList<string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw InvalidValueException.Expected("a list");
        var arguments = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var place = $"[{arguments.Count}]";
            if (reader.TokenType != JsonTokenType.String)
                throw InvalidValueException.Expected("a text", place);
            arguments.Add(reader.GetString()!);
            if (arguments[^1].Contains('\0', StringComparison.Ordinal))
                throw new InvalidValueException("it has a NUL character") { InnerPath = place };
        }

        return arguments;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<string> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var argument in value)
            writer.WriteStringValue(argument);
        writer.WriteEndArray();
    }
}
