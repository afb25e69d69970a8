namespace StepCaRenew.DevCa.Api;

/// <summary>A refusal with step-ca's status and text.</summary>
internal class ApiError(int status, string message) : Exception(message)
{
    private const string SeeLogs = " Please see the certificate authority logs for more info.";

    public int Status { get; } = status;

    /// <summary>The answer for the client.</summary>
    public virtual ApiAnswer ToAnswer() => ApiAnswer.Json(Status, new() { ["status"] = Status, ["message"] = Message });

    public static ApiError BadRequest(string message) => new(400, $"The request could not be completed: {message}.");

    public static ApiError Forbidden(string message) => new(403, $"The request was forbidden by the certificate authority: {message}.");

    public static ApiError Unauthorized(string? message = null) =>
        new(401, message ?? "The request lacked necessary authorization to be completed." + SeeLogs);

    public static ApiError NoCrl() => new(404, "The certificate authority received an unexpected HTTP status code - '404'." + SeeLogs);

    public static ApiError NotFound() => new(404, "The requested resource could not be found." + SeeLogs);

    public static ApiError NotImplemented() => new(501, "The requested method is not implemented by the certificate authority." + SeeLogs);
}
