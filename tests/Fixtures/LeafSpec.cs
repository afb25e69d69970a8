using System.Security.Cryptography;

namespace StepCaRenew.Fixtures;

/// <summary>The content of a test's leaf certificate; by default as step-ca issues it.</summary>
internal sealed record LeafSpec
{
    public const string ServerAuth = "1.3.6.1.5.5.7.3.1";
    public const string ClientAuth = "1.3.6.1.5.5.7.3.2";

    public string Subject { get; init; } = "CN=host.example.com";

    /// <summary>The encoded subject, if <see cref="Subject"/> cannot express it.</summary>
    public byte[]? SubjectDer { get; init; }

    public IReadOnlyList<string> DnsNames { get; init; } = ["host.example.com"];

    public IReadOnlyList<string> IPAddresses { get; init; } = [];

    public IReadOnlyList<string> EmailAddresses { get; init; } = [];

    public IReadOnlyList<string> Uris { get; init; } = [];

    public IReadOnlyList<string> Usages { get; init; } = [ServerAuth, ClientAuth];

    /// <summary>Encoded extensions by OID.</summary>
    public IReadOnlyList<(string Oid, byte[] Data)> Extensions { get; init; } = [];

    public DateTimeOffset NotBefore { get; init; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public DateTimeOffset NotAfter { get; init; } = new(2026, 1, 2, 0, 0, 0, TimeSpan.Zero);

    public byte[]? SerialNumber { get; init; }

    /// <summary>The key; a new P-256 key if it is null.</summary>
    public AsymmetricAlgorithm? Key { get; init; }
}
