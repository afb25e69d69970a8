using StepCaRenew.DevCa.Api;
using StepCaRenew.DevCa.Authority;

namespace StepCaRenew.DevCa.Faults;

/// <summary>What a fault has to work with: the request, the CA, and the answer that it would have had.</summary>
internal sealed record FaultContext(HttpContext Http, CaState State, Func<Task<ApiAnswer>> Real);
