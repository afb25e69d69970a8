using System.Text.Json.Nodes;
using StepCaRenew.DevCa.Api;

namespace StepCaRenew.DevCa.Authority;

/// <summary>The validity of a new certificate: as requested, within the CA's limits.</summary>
internal static class Validity
{
    public static (DateTimeOffset NotBefore, DateTimeOffset NotAfter) ForRequest(JsonObject body, CaState state)
    {
        var options = state.Options;
        var asked = GoTime.Read(body, "notBefore", state.Now);
        var begin = asked ?? state.Now;
        var end = Whole(GoTime.Read(body, "notAfter", begin) ?? begin + options.DefaultDuration);
        begin = Whole(asked is null ? begin - options.Backdate : begin);
        if (end < Whole(state.Now))
            throw ApiError.BadRequest($"notAfter cannot be in the past; na={end:yyyy-MM-dd HH:mm:ss +0000 'UTC'}");
        if (end < begin)
            throw ApiError.BadRequest($"notAfter cannot be before notBefore; na={end:yyyy-MM-dd HH:mm:ss +0000 'UTC'}, nb={begin:yyyy-MM-dd HH:mm:ss +0000 'UTC'}");
        CheckDuration(end - begin, options);
        return (begin, end);
    }

    private static void CheckDuration(TimeSpan asked, DevCaOptions options)
    {
        // As in step-ca, the backdate is added to the maximum, but not to the minimum.
        var maximum = options.MaxDuration + options.Backdate;
        if (asked < options.MinDuration)
            throw ApiError.Forbidden($"requested duration of {GoTime.Format(asked)} is less than the authorized minimum certificate duration of {GoTime.Format(options.MinDuration)}");
        if (asked > maximum)
            throw ApiError.Forbidden($"requested duration of {GoTime.Format(asked)} is more than the authorized maximum certificate duration of {GoTime.Format(maximum)}");
    }

    private static DateTimeOffset Whole(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}
