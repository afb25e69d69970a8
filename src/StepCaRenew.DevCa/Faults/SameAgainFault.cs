using StepCaRenew.DevCa.Api;

namespace StepCaRenew.DevCa.Faults;

/// <summary>The answer is the old certificate.</summary>
public sealed record SameAgainFault : RequestFault
{
    internal override Task SendAsync(FaultContext context) =>
        new Issued(context.Http.Connection.ClientCertificate!, context.State.Ca.Intermediates).ToAnswer().SendAsync(context.Http);
}
