using System.Text.Json.Serialization;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FileSystem;
using StepCaRenew.Inspection;
using StepCaRenew.Json;
using StepCaRenew.Renewal;

namespace StepCaRenew.Registration;

/// <summary>
/// A registered renewal, as defined in its file. It has no secrets: passwords and the URL of a monitor are in files of their
/// own.
/// </summary>
internal sealed record RenewalDefinition : RenewalSettings
{
    /// <summary>The path of the schema, relative to a definition.</summary>
    internal const string SchemaReference = "../renewal.schema.json";

    /// <summary>A definition with default settings.</summary>
    [JsonConstructor]
    public RenewalDefinition()
    {
    }

    /// <summary>A definition with all of the given settings.</summary>
    public RenewalDefinition(RenewalSettings settings)
        : base(settings)
    {
    }

    /// <summary>The schema, for editors.</summary>
    [JsonPropertyName("$schema")]
    public string Schema { get; } = SchemaReference;

    /// <summary>The name, which is also the name of the file.</summary>
    public string Name { get; init; } = string.Empty;

    /// <summary>The scope; if the file does not say, that of its folder.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    [JsonConverter(typeof(ScopeConverter))]
    public RenewalScope Scope { get; init; }

    /// <summary>The certificate file; a full path. Empty if the renewal has several certificates.</summary>
    [JsonPropertyName("certificate")]
    [JsonConverter(typeof(FullPathConverter))]
    public string CertificatePath { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>The folder or pattern of a renewal of several certificates; null if it has one.</summary>
    public CertificateSet? Certificates { get; init; }

    /// <summary>The certificate, the folder or the pattern, for messages.</summary>
    [JsonIgnore]
    internal string Place => Certificates?.Display ?? CertificatePath;

    /// <summary>The key file; null for the one next to the certificate.</summary>
    [JsonPropertyName("key")]
    [JsonConverter(typeof(FullPathConverter))]
    public string? KeyPath { get; init; }

    /// <summary>How often the schedule runs; null for the interval that fits the lifetime of the certificate.</summary>
    [JsonConverter(typeof(IntervalConverter))]
    public TimeSpan? Interval { get; init; }

    /// <summary>The account of the run; null for the default of the scope: SYSTEM, root, or the user.</summary>
    public string? RunAs { get; init; }

    /// <summary>The SID of that account on Windows, which takes precedence over the name; null in definitions written by hand or by an older version.</summary>
    [JsonConverter(typeof(SidConverter))]
    public string? RunAsSid { get; init; }

    /// <summary>The scheduler that it is registered with, one of <see cref="SchedulerKind"/>; null for the default of the machine.</summary>
    [JsonConverter(typeof(SchedulerConverter))]
    public string? Scheduler { get; init; }

    /// <summary>
    /// The registered pwsh of the schedule, so that checking a schedule does not depend on the pwsh of the check. Null if the file
    /// was written by hand; then the pwsh of this process.
    /// </summary>
    [JsonPropertyName("pwsh")]
    [JsonConverter(typeof(FullPathConverter))]
    public string? PwshPath { get; init; }

    /// <summary>The registered module of the schedule: its folder or its manifest. Null as for <see cref="PwshPath"/>.</summary>
    [JsonPropertyName("module")]
    [JsonConverter(typeof(FullPathConverter))]
    public string? ModulePath { get; init; }

    /// <summary>The file with the URL of a monitor; null if there is none.</summary>
    [JsonConverter(typeof(FullPathConverter))]
    public string? HealthCheckUriFile { get; init; }

    /// <summary>Whether new root certificates of the CA are trusted, if the CA serves them over a connection that a trusted root verified.</summary>
    [JsonConverter(typeof(FlagConverter))]
    public bool FollowRoots { get; init; }

    /// <summary>Whether another definition is for the same certificate, folder or pattern, by whichever path.</summary>
    internal bool IsForSame(RenewalDefinition other) => Certificates is null || other.Certificates is null
        ? Certificates is null && other.Certificates is null && PathNames.AreSame(RegisteredCertificates.TargetOf(CertificatePath), RegisteredCertificates.TargetOf(other.CertificatePath))
        : PathNames.AreSame(Certificates.Path, other.Certificates.Path);

    /// <summary>The certificate files: its one, or those that are found now.</summary>
    /// <exception cref="RenewalException">The folder cannot be read.</exception>
    internal IReadOnlyList<string> FindCertificates() => Certificates is null ? [CertificatePath] : Certificates.Find(_ => { });

    /// <summary>Whether two definitions have the same content.</summary>
    public bool IsEquivalentTo(RenewalDefinition? other) =>
        other is not null && DefinitionFormat.Render(this).AsSpan().SequenceEqual(DefinitionFormat.Render(other));

    /// <summary>The definition for one of its certificates alone.</summary>
    internal RenewalDefinition For(string certificatePath) => Certificates is null ? this : this with { CertificatePath = certificatePath, Certificates = null };

    /// <summary>Reads the certificate, to show it or to find its lifetime; the password file is read only for a PFX file.</summary>
    /// <param name="open">Opens the file.</param>
    /// <exception cref="RenewalException">It cannot be read.</exception>
    public CertificateFile LoadCertificate(Func<string, SmallFile>? open = null)
    {
        using var password = KeyPasswordFile is { } file ? KeyPassword.FromFileIfNeeded(file) : null;
        return CertificateFile.Load(CertificatePath, open ?? SmallFile.Open, password);
    }

    /// <summary>The request of a run.</summary>
    public RenewalRequest ToRequest(KeyPassword? password) =>
        new(this) { CertificatePath = CertificatePath, KeyPath = KeyPath, KeyPassword = password, Ca = Ca with { RegisteredName = Name } };
}
