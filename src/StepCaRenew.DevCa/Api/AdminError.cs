namespace StepCaRenew.DevCa.Api;

/// <summary>An error of step-ca's administration code, which has another form.</summary>
internal sealed class AdminError(int status, string type, string message) : ApiError(status, message)
{
    public override ApiAnswer ToAnswer() =>
        ApiAnswer.Json(Status, new() { ["type"] = type, ["detail"] = type, ["message"] = Message });
}
