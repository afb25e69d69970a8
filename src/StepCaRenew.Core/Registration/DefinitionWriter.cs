using System.Globalization;
using System.Text.Json;
using StepCaRenew.Policy;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Registration;

/// <summary>Writes definitions as people would: what has its usual value is left out.</summary>
internal static class DefinitionWriter
{
    /// <summary>Where the schema lies, seen from a definition.</summary>
    public const string SchemaReference = "../renewal.schema.json";

    /// <summary>The bytes of a definition's file.</summary>
    public static byte[] Render(RenewalDefinition definition)
    {
        return JsonText.Render(json =>
        {
            json.WriteStartObject();
            json.WriteString("$schema", SchemaReference);
            json.WriteString("name", definition.Name);
            json.WriteString("scope", definition.Scope.ToString());
            json.WriteString("certificate", definition.CertificatePath);
            Text(json, "key", definition.KeyPath);
            Text(json, "keyPasswordFile", definition.KeyPasswordFile);
            WriteCa(json, definition);
            WriteRule(json, definition.Rule);
            Flag(json, "rekey", definition.Rekey);
            Text(json, "keyAlgorithm", definition.KeyAlgorithm);
            Text(json, "interval", definition.Interval is { } interval ? ScheduleInterval.Format(interval) : null);
            Text(json, "runAs", definition.RunAs);
            Text(json, "runAsSid", definition.RunAsSid);
            Text(json, "scheduler", definition.Scheduler);
            Text(json, "pwsh", definition.PwshPath);
            Text(json, "module", definition.ModulePath);
            WriteActions(json, definition);
            Time(json, "actionTimeout", definition.ActionTimeout);
            Time(json, "lockTimeout", definition.LockTimeout);
            Time(json, "retryTimeout", definition.RetryTimeout);
            Text(json, "healthCheckUriFile", definition.HealthCheckUriFile);
            Text(json, "logPath", definition.LogPath);
            json.WriteEndObject();
        });
    }

    private static void WriteCa(Utf8JsonWriter json, RenewalDefinition definition)
    {
        var ca = definition.Ca;
        if (ca is { CaUrl: null, RootPath: null, Fingerprint: null, StepPath: null, Context: null } && !definition.UseToken)
            return;
        json.WriteStartObject("ca");
        Text(json, "url", ca.CaUrl);
        Text(json, "root", ca.RootPath);
        Text(json, "fingerprint", ca.Fingerprint);
        Text(json, "stepPath", ca.StepPath);
        Text(json, "context", ca.Context);
        Flag(json, "useToken", definition.UseToken);
        json.WriteEndObject();
    }

    private static void WriteRule(Utf8JsonWriter json, RenewalRule rule)
    {
        if (rule is RenewalRule.TwoThirds)
            return;
        json.WriteStartObject("when");
        if (rule is RenewalRule.ExpiresIn expiresIn)
            Time(json, "expiresIn", expiresIn.Remaining);
        if (rule is RenewalRule.ElapsedPercent elapsed)
            Text(json, "renewAt", elapsed.Percent.ToString(CultureInfo.InvariantCulture) + "%");
        json.WriteEndObject();
    }

    private static void WriteActions(Utf8JsonWriter json, RenewalDefinition definition)
    {
        if (definition.Actions.Count == 0)
            return;
        json.WriteStartArray("actions");
        foreach (var action in definition.Actions)
            DefinitionActions.Write(json, action);
        json.WriteEndArray();
    }

    private static void Text(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
    }

    private static void Flag(Utf8JsonWriter json, string name, bool value)
    {
        if (value)
            json.WriteBoolean(name, true);
    }

    private static void Time(Utf8JsonWriter json, string name, TimeSpan? value) => Text(json, name, value is { } time ? Duration.Render(time) : null);
}
