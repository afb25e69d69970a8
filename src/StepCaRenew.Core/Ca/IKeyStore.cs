using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates;

namespace StepCaRenew.Ca;

/// <summary>Makes the private key of a client certificate available to the platform's TLS.</summary>
internal interface IKeyStore
{
    /// <summary>Why this session cannot store a key, such as "it is a network logon …"; null if no reason is known.</summary>
    string? Obstacle { get; }

    /// <summary>The leaf with its key, in a form that the platform's TLS accepts. Dispose it: on Windows that deletes the key container.</summary>
    /// <exception cref="RenewalException">The key cannot be stored (<see cref="ErrorId.KeyStoreUnavailable"/>).</exception>
    X509Certificate2 CreateClient(KeyedCertificate certificate);
}
