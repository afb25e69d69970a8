using StepCaRenew.Text;

namespace StepCaRenew;

/// <summary>The output of <c>Initialize-StepContext</c>: the CA that is trusted now, and its files.</summary>
public sealed record StepContext
{
    /// <summary>The CA's address.</summary>
    public string CaUrl { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>The name of the context; null if the step folder has no contexts.</summary>
    public string? Context { get; internal init => field = PlainText.Line(value); }

    /// <summary>SHA-256 of the root certificate, lower-case hexadecimal, as step writes it.</summary>
    public string Fingerprint { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>The subject of the root certificate.</summary>
    public string Subject { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>The end of its validity, local time.</summary>
    public DateTime NotAfter { get; internal init; }

    /// <summary>The file of the root certificate.</summary>
    public string RootPath { get; internal init => field = PlainText.Path(value); } = string.Empty;

    /// <summary>The file with the address, the fingerprint and the path of the root.</summary>
    public string ConfigurationPath { get; internal init => field = PlainText.Path(value); } = string.Empty;

    /// <summary>Whether the call put the root certificate into the machine's store of trusted roots.</summary>
    public bool RootInstalled { get; internal init; }

    /// <summary>Whether the call changed any file of the step folder.</summary>
    public bool Changed { get; internal init; }

    /// <summary>The address.</summary>
    public override string ToString() => CaUrl;
}
