using StepCaRenew.DevCa.Api;
using StepCaRenew.DevCa.Authority;

namespace StepCaRenew.DevCa.Faults;

/// <summary>The input of a fault: the request, the CA, and the correct answer.</summary>
internal sealed record FaultContext(HttpContext Http, CaState State, Func<Task<ApiAnswer>> Real);
