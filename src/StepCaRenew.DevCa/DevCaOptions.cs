using StepCaRenew.DevCa.Authority;
using StepCaRenew.DevCa.Pki;

namespace StepCaRenew.DevCa;

/// <summary>The options of a DevCa.</summary>
public sealed record DevCaOptions
{
    /// <summary>The generation of step-ca to imitate.</summary>
    public Generation Generation { get; init; }

    /// <summary>The port on 127.0.0.1; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>The server's names in its certificate and in the audience of tokens, like dnsNames in ca.json.</summary>
    public IReadOnlyList<string> DnsNames { get; init; } = ["127.0.0.1", "localhost"];

    /// <summary>The claim allowRenewalAfterExpiry: an expired certificate can be renewed by token.</summary>
    public bool AllowRenewalAfterExpiry { get; init; }

    /// <summary>How far in the past a new certificate starts.</summary>
    public TimeSpan Backdate { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The minimum validity, including the backdate.</summary>
    public TimeSpan MinDuration { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The maximum validity.</summary>
    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromHours(720);

    /// <summary>The validity if none is requested.</summary>
    public TimeSpan DefaultDuration { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Without a database, nothing can be revoked.</summary>
    public bool NoDatabase { get; init; }

    /// <summary>How many requests a connection of HTTP/2 may have at the same time; null for the default.</summary>
    public int? StreamsPerConnection { get; init; }

    /// <summary>The password of the provisioners' keys.</summary>
    public string Password { get; init; } = "test-password";

    /// <summary>The CA's clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Certificates and keys; new ones if null.</summary>
    public CaIdentity? Identity { get; init; }

    /// <summary>The provisioners; new ones if null.</summary>
    public IReadOnlyList<Provisioner>? Provisioners { get; init; }
}
