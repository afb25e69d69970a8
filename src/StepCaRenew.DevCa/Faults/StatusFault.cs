using StepCaRenew.DevCa.Api;

namespace StepCaRenew.DevCa.Faults;

/// <summary>An error status with a body in step-ca's form, and optionally Retry-After.</summary>
public sealed record StatusFault(int Status, TimeSpan? RetryAfter = null) : RequestFault
{
    internal override Task SendAsync(FaultContext context)
    {
        var answer = new ApiError(Status, $"The certificate authority answers {Status}.").ToAnswer();
        return (answer with { RetryAfterSeconds = (int?)RetryAfter?.TotalSeconds }).SendAsync(context.Http);
    }
}
