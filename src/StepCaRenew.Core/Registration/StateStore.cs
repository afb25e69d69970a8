using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using StepCaRenew.Accounts;
using StepCaRenew.FileSystem;
using StepCaRenew.FollowUps.Notifiers;
using StepCaRenew.Json;
using StepCaRenew.Logging;
using StepCaRenew.Text;

namespace StepCaRenew.Registration;

/// <summary>The states of registered renewals. They are written by runs, and so are not in the definitions.</summary>
/// <remarks>A state that cannot be read or written is logged and does not stop a run.</remarks>
internal sealed class StateStore(RenewalFolders folders, ILogger logger)
{
    /// <summary>The file with the roots that a renewal has followed.</summary>
    internal const string FollowedRoots = "roots.pem";

    // That of the most certificates of one renewal, with long paths.
    private const int MaximumLength = 32 * 1024 * 1024;

    private static readonly string[] RecordPatterns = ["*-pending", "*-pending-new", "*-acting"];
    private static readonly string[] Names = ["state.json", "run-now", "pending", "pending-new", "acting", FollowedRoots];

    /// <inheritdoc cref="StateStore(RenewalFolders, ILogger)"/>
    public StateStore(RenewalFolders folders, CallLog log)
        : this(folders, (ILogger)log)
    {
    }

    /// <summary>Reads a state; a new one if there is none or it is damaged.</summary>
    public RenewalState Read(string name) => TryRead(name, reason => TaskLog.StateNotRead(logger, PathOf(name), reason)) ?? new RenewalState();

    /// <summary>Whether a registered renewal has no state, or a damaged one: registering it again writes a new one.</summary>
    public bool IsLost(string name) => TryRead(name, _ => { }) is null;

    private RenewalState? TryRead(string name, Action<string> report)
    {
        var path = PathOf(name);
        try
        {
            // The account of the run owns the folder, so the file is read through the opened folder without following links.
            if (!Path.Exists(path))
                return null;
            if (AtomicFile.Read(path, MaximumLength) is { } bytes && StateFormat.Parse(bytes) is { } state)
                return state;
            report("it is damaged, or not a regular file");
        }
        catch (Exception e) when (e is RenewalException or IOException or UnauthorizedAccessException)
        {
            report(e.Message);
        }

        return null;
    }

    /// <summary>Writes a state, as a whole or not at all.</summary>
    public void Write(string name, RenewalState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        try
        {
            Directory.CreateDirectory(folders.StateFolder(name));
            // It has error messages, which on Windows only administrators and the account of the run can read.
            AtomicFile.Write(PathOf(name), StateFormat.Render(state), isPrivate: OperatingSystem.IsWindows());
        }
        catch (Exception e) when (e is RenewalException or IOException or UnauthorizedAccessException)
        {
            TaskLog.StateNotWritten(logger, PathOf(name), e.Message);
        }
    }

    /// <summary>Deletes the state and all other files of a renewal in its state folder.</summary>
    /// <exception cref="RenewalException">A file cannot be deleted.</exception>
    public void Delete(string name)
    {
        var folder = folders.StateFolder(name);
        DeleteRecords(name);
        foreach (var file in Names.Concat(TemporaryFiles(folder)))
            AtomicFile.Delete(Path.Combine(folder, file));
        try
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder);
        }
        catch (IOException)
        {
            // The folder has files that are not from this module.
        }
    }

    // Temporary files of a killed process.
    private static IEnumerable<string> TemporaryFiles(string folder) => Names.SelectMany(name => FindFiles(folder, $".{name}.*")).Select(path => Path.GetFileName(path));

    private static IReadOnlyList<string> FindFiles(string folder, string pattern)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder, pattern, new EnumerationOptions { AttributesToSkip = 0 })];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Whether there is a record of open follow-ups.</summary>
    /// <param name="name">The name of the renewal.</param>
    /// <param name="certificate">The name of the record of one of several certificates.</param>
    internal bool HasRecord(string name, string? certificate = null) =>
        File.Exists(Path.Combine(folders.StateFolder(name), certificate is null ? "pending" : $"{certificate}-pending"));

    /// <summary>Deletes the records of open follow-ups, and of several certificates also their locks.</summary>
    /// <exception cref="RenewalException">One cannot be deleted.</exception>
    internal void DeleteRecords(string name)
    {
        var folder = folders.StateFolder(name);
        AtomicFile.Delete(Path.Combine(folder, "pending"));
        foreach (var pattern in RecordPatterns)
        {
            foreach (var path in FindFiles(folder, pattern))
                AtomicFile.Delete(path);
        }
    }

    internal string PathOf(string name) => Path.Combine(folders.StateFolder(name), "state.json");
}

/// <summary>Reads and writes states. A damaged state counts as none: only history is lost.</summary>
internal static class StateFormat
{
    public static byte[] Render(RenewalState state) => JsonText.Render(json => JsonSerializer.Serialize(json, state, StateJson.Default.RenewalState));

    /// <summary>Reads a state; null if it is damaged.</summary>
    public static RenewalState? Parse(byte[] bytes)
    {
        try
        {
            var state = JsonSerializer.Deserialize(bytes, StateJson.Default.RenewalState);
            return state is null ? null : WithoutDamage(state);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static RenewalState WithoutDamage(RenewalState state) => state with
    {
        Served = state.Served is { IsComplete: false } ? null : state.Served,
        Certificates = state.Certificates?.Where(one => one.Value is not null).ToDictionary(one => one.Key, one => WithoutDamage(one.Value)),
    };
}

/// <summary>The serializer of states. Unknown properties are ignored, since they can be from a later version.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 10,
    Converters = [typeof(StateTextConverter), typeof(UtcSecondsConverter), typeof(ClockSecondsConverter)])]
[JsonSerializable(typeof(RenewalState))]
[JsonSerializable(typeof(ReportedFailures))]
internal sealed partial class StateJson : JsonSerializerContext;

/// <summary>Text without control characters: the account of the run owns the file, and the terminal of root can show it.</summary>
internal sealed class StateTextConverter : JsonConverter<string>
{
    // Longer than any message of this module.
    private const int LongestText = 4000;

    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = PlainText.Line(reader.GetString());
        return text?.Length > LongestText ? text[..LongestText] + "…" : text;
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    // The paths of certificates. They are compared with files that were found, and shown only as the paths of those.
    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString()!;

    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WritePropertyName(value);
}

/// <summary>A time, without fractions of a second.</summary>
internal sealed class UtcSecondsConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
}

/// <summary>A difference of clocks in whole seconds.</summary>
internal sealed class ClockSecondsConverter : JsonConverter<TimeSpan?>
{
    // A larger difference is not one of clocks.
    public override TimeSpan? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TryGetInt32(out var seconds) ? TimeSpan.FromSeconds(seconds) : null;

    public override void Write(Utf8JsonWriter writer, TimeSpan? value, JsonSerializerOptions options) => writer.WriteNumberValue((long)value!.Value.TotalSeconds);
}
