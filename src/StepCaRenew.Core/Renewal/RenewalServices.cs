using Microsoft.Extensions.Logging;
using StepCaRenew.Ca;
using StepCaRenew.FileSystem;
using StepCaRenew.FollowUps;

namespace StepCaRenew.Renewal;

/// <summary>The services that all runs of an engine share.</summary>
internal sealed record RenewalServices(
    TimeProvider Clock, ILogger Logger, Func<OpenFolders, IVolume> Volumes, CertificateIssuer Issuer, FollowUpRunner FollowUps);
