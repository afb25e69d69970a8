using System.Text.Json.Nodes;

namespace StepCaRenew.Integration.Cas;

/// <summary>The contents of a one-time token.</summary>
public sealed record TokenOptions(string Subject)
{
    public IReadOnlyList<string> Sans { get; init; } = [];

    public string Provisioner { get; init; } = "admin";

    /// <summary>The path in the audience: /1.0/sign or /1.0/revoke.</summary>
    public string Audience { get; init; } = "/1.0/sign";

    /// <summary>Changes the claims before they are signed.</summary>
    public Action<JsonObject>? Spoil { get; init; }
}
