using System.Globalization;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Json;
using StepCaRenew.Text;

namespace StepCaRenew.FollowUps.Notifiers;

/// <summary>The failure of a run, or the first run without an error after it, as notifiers report it.</summary>
internal sealed record Incident
{
    /// <summary>The event of a failure.</summary>
    public const string Failure = "failure";

    /// <summary>The event of a recovery.</summary>
    public const string Recovery = "recovery";

    /// <summary>The name of the renewal, or that of the certificate.</summary>
    public required string Name { get; init => field = PlainText.Line(value); }

    /// <summary>The certificate file; empty if an error ended a call before it found one.</summary>
    public required string CertificatePath { get; init => field = PlainText.Path(value); }

    /// <summary>The error; of a recovery the last one before it.</summary>
    public required string ErrorId { get; init; }

    /// <summary>The event in a sentence.</summary>
    public required string Message { get; init => field = PlainText.Line(value); }

    /// <summary>The message without the output of a program, for what leaves this machine; null if the message has none.</summary>
    public string? PublicMessage { get; init; }

    /// <summary>The steps that the user can take; null of a recovery.</summary>
    public string? Remedy { get; init; }

    /// <summary>When the certificate in place expires; null if it is not known.</summary>
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>Since when runs have failed; null if this is the first one.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Whether the failure is over.</summary>
    public bool IsRecovery { get; init; }

    /// <summary>One of <see cref="Failure"/> and <see cref="Recovery"/>.</summary>
    public string Event => IsRecovery ? Recovery : Failure;

    /// <summary>The failure of a run that was refused before it began.</summary>
    public static Incident FromError(string name, string certificatePath, RenewalException error) => new()
    {
        Name = name,
        CertificatePath = certificatePath,
        ErrorId = error.ErrorId,
        Message = error.Message,
        PublicMessage = error.PublicMessage,
        Remedy = error.Remedy,
    };

    /// <summary>The environment variables of a program.</summary>
    public IReadOnlyDictionary<string, string?> Variables => new Dictionary<string, string?>
    {
        ["STEPCARENEW_EVENT"] = Event,
        ["STEPCARENEW_NAME"] = Value(Name),
        ["STEPCARENEW_CERTIFICATE_PATH"] = Value(CertificatePath),
        ["STEPCARENEW_ERROR_ID"] = ErrorId,
        ["STEPCARENEW_ERROR_MESSAGE"] = Value(Message),
        ["STEPCARENEW_ERROR_REMEDY"] = Value(Remedy),
        ["STEPCARENEW_NOT_AFTER"] = NotAfter is { } end ? Time(end) : null,
        ["STEPCARENEW_SINCE"] = Since is { } since ? Time(since) : null,
        ["STEPCARENEW_HOST"] = Environment.MachineName,
    };

    /// <summary>The body of a request: one flat object. Its <c>text</c> is what chat programs show.</summary>
    public byte[] ToJson(DateTimeOffset now) => JsonText.Render(json =>
    {
        var message = PublicMessage ?? Message;
        json.WriteStartObject();
        json.WriteString("event", Event);
        json.WriteString("name", Name);
        json.WriteString("certificatePath", CertificatePath);
        json.WriteString("errorId", ErrorId);
        json.WriteString("message", message);
        json.WriteString("remedy", Remedy);
        json.WriteString("notAfter", NotAfter is { } end ? Time(end) : null);
        json.WriteString("since", Since is { } since ? Time(since) : null);
        json.WriteString("host", Environment.MachineName);
        json.WriteString("time", Time(now));
        json.WriteString("text", $"{Environment.MachineName}: {(IsRecovery ? "recovered" : "failed")}: {Name} ({ErrorId}): {message} {Remedy}".TrimEnd());
        json.WriteEndObject();
    });

    private static string? Value(string? text) => string.IsNullOrEmpty(text) ? null : text.Length > ActionEnvironment.MaximumLength ? text[..ActionEnvironment.MaximumLength] : text;

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
