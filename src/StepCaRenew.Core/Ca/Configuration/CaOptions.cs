using System.Text.Json.Serialization;
using StepCaRenew.Json;

namespace StepCaRenew.Ca.Configuration;

/// <summary>The CA options of a call. Values that are null come from the environment and the step configuration.</summary>
internal sealed record CaOptions
{
    /// <summary>The CA's address, such as <c>https://ca.example.com</c>.</summary>
    [JsonPropertyName("url")]
    [JsonConverter(typeof(CaUrlConverter))]
    public string? CaUrl { get; init; }

    /// <summary>The file of the CA's root certificate, or a folder or a comma-separated list of such files.</summary>
    [JsonPropertyName("root")]
    [JsonConverter(typeof(FullPathConverter))]
    public string? RootPath { get; init; }

    /// <summary>The SHA-256 fingerprint that the root must have, hexadecimal; null for the configured one, if any.</summary>
    [JsonConverter(typeof(FingerprintConverter))]
    public string? Fingerprint { get; init; }

    /// <summary>The name of a step context.</summary>
    public string? Context { get; init; }

    /// <summary>The folder of the step configuration instead of <c>$STEPPATH</c> or <c>~/.step</c>.</summary>
    [JsonConverter(typeof(FullPathConverter))]
    public string? StepPath { get; init; }

    /// <summary>The folder for relative paths; null for that of the process, which PowerShell's <c>cd</c> does not change.</summary>
    internal string? WorkingFolder { get; init; }

    /// <summary>The registered renewal that these options are from; null for an interactive call.</summary>
    internal string? RegisteredName { get; init; }

    /// <summary>The file with the roots that a registered renewal has followed (<see cref="Trust.RootFollower"/>); null if it follows none.</summary>
    internal string? FollowedRootsPath { get; init; }

    /// <summary>How a renewal is sent.</summary>
    [JsonConverter(typeof(TransportConverter))]
    public Transport Transport { get; init; }

    /// <summary>How an earlier version wrote <see cref="Transport.Token"/>; it is read if there is no other transport, and never written.</summary>
    public bool UseToken { get => false; init => Transport = value && Transport == Transport.Auto ? Transport.Token : Transport; }
}

/// <summary>An address of a CA.</summary>
internal sealed class CaUrlConverter() : TextConverter<string>(
    url =>
    {
        CaSettingsResolver.ParseUrl(url);
        return url;
    },
    url => url);

/// <summary>A transport by its name.</summary>
internal sealed class TransportConverter() : TextConverter<Transport>(
    text => Enum.GetNames<Transport>().Contains(text) ? Enum.Parse<Transport>(text) : throw new InvalidValueException($"'{text}' is none of {string.Join(", ", Enum.GetNames<Transport>())}"),
    transport => transport.ToString());

/// <summary>A SHA-256 fingerprint.</summary>
internal sealed class FingerprintConverter() : CheckedTextConverter(
    text => text.Length == 64 && text.All(char.IsAsciiHexDigit) ? null : "it is not a SHA-256 fingerprint of 64 hexadecimal digits");
