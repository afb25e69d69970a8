using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.DevCa.Pki;

namespace StepCaRenew.DevCa.Authority;

/// <summary>The state of the CA: its keys, provisioners, used tokens and revoked serials.</summary>
internal sealed class CaState(CaIdentity ca, IReadOnlyList<Provisioner> provisioners, DevCaOptions options)
{
    private readonly ConcurrentDictionary<string, bool> _usedTokens = new();
    private readonly ConcurrentDictionary<string, Revocation> _revoked = new();
    private volatile CaIdentity _ca = ca;

    /// <summary>Certificates and keys; a rotation replaces them.</summary>
    public CaIdentity Ca { get => _ca; set => _ca = value; }

    public IReadOnlyList<Provisioner> Provisioners { get; } = provisioners;
    public DevCaOptions Options { get; } = options;
    /// <summary>Whether the CA answers as 0.30.</summary>
    public bool IsNewer => Options.Generation == Generation.V30;

    public DateTimeOffset Now => Options.TimeProvider.GetUtcNow();

    /// <summary>When the server started: an older one-time token is refused.</summary>
    public DateTimeOffset Started { get; } = options.TimeProvider.GetUtcNow();

    public Provisioner? ProvisionerOf(X509Certificate2 certificate) =>
        ProvisionerExtension.Read(certificate) is var (name, keyId)
            ? Provisioners.FirstOrDefault(p => p.Name == name && p.KeyId == keyId)
            : null;

    /// <summary>False if the token was used before.</summary>
    public bool Use(string tokenId) => _usedTokens.TryAdd(tokenId, true);

    /// <summary>The certificates that the API has issued.</summary>
    public ConcurrentQueue<Issuance> Issuances { get; } = new();

    /// <summary>The revocations so far.</summary>
    public IReadOnlyCollection<Revocation> Revocations => [.. _revoked.Values];

    /// <summary>False if the serial is already revoked.</summary>
    public bool Revoke(Revocation revocation) => _revoked.TryAdd(revocation.Serial, revocation);

    public bool IsRevoked(string serial) => _revoked.ContainsKey(serial);
}

/// <summary>One revocation.</summary>
/// <param name="Serial">The serial number, decimal.</param>
/// <param name="ReasonCode">A CRLReason of RFC 5280.</param>
/// <param name="Reason">The reason in words.</param>
public sealed record Revocation(string Serial, int ReasonCode, string? Reason);

/// <summary>One certificate that the API has issued.</summary>
/// <param name="Path">The path of the request, without /1.0.</param>
/// <param name="CommonName">The common name of the certificate.</param>
public sealed record Issuance(string Path, string CommonName);
