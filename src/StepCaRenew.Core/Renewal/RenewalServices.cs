using Microsoft.Extensions.Logging;
using StepCaRenew.Ca;
using StepCaRenew.FollowUps;
using StepCaRenew.Stores;

namespace StepCaRenew.Renewal;

/// <summary>The services that all runs of an engine share.</summary>
internal sealed record RenewalServices(TimeProvider Clock, ILogger Logger, StoreServices Stores, CertificateIssuer Issuer, FollowUpRunner FollowUps);
