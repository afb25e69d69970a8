using System.Text.Json;
using StepCaRenew.FollowUps.Actions;

namespace StepCaRenew.Registration;

/// <summary>The actions of a definition: each an object that is told by its first property.</summary>
internal static class DefinitionActions
{
    private static readonly string[] Kinds = ["run", "script", "signal", "reloadService", "restartService"];

    /// <summary>Reads one.</summary>
    /// <exception cref="LocatedJsonException">It is none.</exception>
    public static ActionDefinition Read(LocatedJson json)
    {
        var section = new JsonSection(json, "run", "arguments", "script", "signal", "pidFile", "reloadService", "restartService");
        // A pidFile alone is a signal too: HUP, as with step's --pid-file.
        string[] kinds = [.. Kinds.Where(kind => section.Has(kind) || (kind == "signal" && section.Has("pidFile")))];
        if (kinds.Length != 1)
            throw section.Wrong("an action has exactly one of run, script, signal (or pidFile alone), reloadService and restartService");
        if (section.Has("arguments") && kinds[0] != "run")
            throw section.Wrong("'arguments' go with 'run' alone");
        if (kinds[0] == "signal" && !section.Has("pidFile"))
            throw section.Wrong("'signal' needs a 'pidFile'");
        return kinds[0] switch
        {
            "run" => new CommandAction(section.FullPath("run")!, [.. section.Items("arguments").Select(Argument)]),
            "script" => new ScriptAction(section.FullPath("script")!),
            "signal" => section.Try("signal", () => new SignalAction(KnownSignal(section.Text("signal") ?? SignalAction.DefaultSignal), section.FullPath("pidFile")!)),
            var kind => new ServiceAction(section.Text(kind)!, kind == "reloadService"),
        };
    }

    /// <summary>Writes one.</summary>
    public static void Write(Utf8JsonWriter json, ActionDefinition action)
    {
        json.WriteStartObject();
        switch (action)
        {
            case CommandAction command:
                json.WriteString("run", command.FilePath);
                if (command.ArgumentList.Count > 0)
                    WriteArguments(json, command.ArgumentList);
                break;
            case ScriptAction script:
                json.WriteString("script", script.ScriptPath);
                break;
            case SignalAction signal:
                json.WriteString("signal", signal.Signal);
                json.WriteString("pidFile", signal.PidFile);
                break;
            case ServiceAction service:
                json.WriteString(service.IsReload ? "reloadService" : "restartService", service.Name);
                break;
            default:
                throw new NotSupportedException($"{action.GetType().Name} lives in a session only.");
        }

        json.WriteEndObject();
    }

    private static void WriteArguments(Utf8JsonWriter json, IReadOnlyList<string> arguments)
    {
        json.WriteStartArray("arguments");
        foreach (var argument in arguments)
            json.WriteStringValue(argument);
        json.WriteEndArray();
    }

    private static string KnownSignal(string signal)
    {
        Signals.Parse(signal);
        return signal;
    }

    // An argument may be empty, and hold line ends.
    private static string Argument(LocatedJson json) => json.Kind == JsonValueKind.String && !json.Text!.Contains('\0', StringComparison.Ordinal)
        ? json.Text!
        : throw JsonSection.Wrong(json, json.Kind == JsonValueKind.String ? "it holds a NUL character" : $"it is {JsonSection.NameOf(json.Kind)} instead of a text");
}
