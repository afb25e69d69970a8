using StepCaRenew.Text;

namespace StepCaRenew;

/// <summary>The output of <c>Get-StepCa</c>.</summary>
public sealed record StepCa
{
    /// <summary>The CA's address.</summary>
    public string CaUrl { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>The step context in use; null without contexts.</summary>
    public string? Context { get; internal init => field = PlainText.Line(value); }

    /// <summary>The CA's health: ok.</summary>
    public string Status { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>The version of step-ca.</summary>
    public string Version { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>The time of one request in milliseconds, with the TLS handshake.</summary>
    public long LatencyMs { get; internal init; }

    /// <summary>How far the CA's clock is ahead of this machine's, in seconds; null if the CA sends no time.</summary>
    public long? ClockDifferenceSeconds { get; internal init; }

    /// <summary>The root file that this machine trusts for the CA.</summary>
    public string RootPath { get; internal init => field = PlainText.Path(value); } = string.Empty;

    /// <summary>The root certificates that the CA serves.</summary>
    public ResultList<StepCaRoot> Roots { get; internal init; } = new([]);

    /// <summary>The CA's provisioners.</summary>
    public ResultList<StepCaProvisioner> Provisioners { get; internal init; } = new([]);

    /// <summary>The address.</summary>
    public override string ToString() => CaUrl;
}

/// <summary>A root certificate of a CA.</summary>
public sealed record StepCaRoot
{
    /// <summary>The subject.</summary>
    public string Subject { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>SHA-256 of the certificate, lower-case hexadecimal, as step writes it.</summary>
    public string Fingerprint { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>The start of its validity, local time.</summary>
    public DateTime NotBefore { get; internal init; }

    /// <summary>The end of its validity, local time.</summary>
    public DateTime NotAfter { get; internal init; }

    /// <summary>The whole days until its end; negative once it has ended.</summary>
    public long RemainingDays { get; internal init; }

    /// <summary>Whether it is in the root file of this machine.</summary>
    public bool IsTrusted { get; internal init; }

    /// <summary>The fingerprint.</summary>
    public override string ToString() => Fingerprint;
}

/// <summary>A provisioner of a CA.</summary>
public sealed record StepCaProvisioner
{
    /// <summary>The name.</summary>
    public string Name { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>The type: JWK, ACME, X5C and so on.</summary>
    public string Type { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>The id of its key; null if it has none.</summary>
    public string? KeyId { get; internal init => field = PlainText.Line(value); }

    /// <summary>Whether the CA has its private key, encrypted, so that its password is enough for a token.</summary>
    public bool HasEncryptedKey { get; internal init; }

    /// <summary>Its limits as name=value; empty if those of the CA apply.</summary>
    public TextList Claims { get; internal init; } = TextList.Empty;

    /// <summary>The name and the type.</summary>
    public override string ToString() => $"{Name} ({Type})";
}
