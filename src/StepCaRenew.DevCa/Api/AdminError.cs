namespace StepCaRenew.DevCa.Api;

/// <summary>A refusal from step-ca's administration code, which writes it in a form of its own.</summary>
internal sealed class AdminError(int status, string type, string message) : ApiError(status, message)
{
    public override ApiAnswer ToAnswer() =>
        ApiAnswer.Json(Status, new() { ["type"] = type, ["detail"] = type, ["message"] = Message });
}
