using StepCaRenew.DevCa.Api;

namespace StepCaRenew.DevCa.Faults;

/// <summary>Any status and body.</summary>
public sealed record RawFault(int Status, string ContentType, string Body) : RequestFault
{
    /// <summary>A success whose body is not JSON.</summary>
    public static RawFault Garbage => new(201, "application/json", "\u0001\u0002 this is { not json");

    /// <summary>A success whose body is an empty object.</summary>
    public static RawFault EmptyObject => new(201, "application/json", "{}");

    /// <summary>A success with ten million bytes of valid JSON.</summary>
    public static RawFault Huge => new(201, "application/json", $$"""{"crt":"{{new string('A', 10_000_000)}}"}""");

    /// <summary>The refusal of a renewal token.</summary>
    public static RawFault TokenRefused => new(401, "application/json", """{"status":401,"message":"error validating renew token"}""");

    internal override Task SendAsync(FaultContext context) => ApiAnswer.Text(Status, ContentType, Body).SendAsync(context.Http);
}
