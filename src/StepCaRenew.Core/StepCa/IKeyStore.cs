using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates;

namespace StepCaRenew.StepCa;

/// <summary>Where the platform's TLS takes the private key of a client certificate from.</summary>
internal interface IKeyStore
{
    /// <summary>Why this session cannot keep a key there, as the end of a sentence; null if it can, or if nothing says that it cannot.</summary>
    string? Obstacle { get; }

    /// <summary>The leaf with its key, in the form that the platform's TLS takes. Dispose the result: on Windows that also deletes the key's container.</summary>
    /// <exception cref="RenewalException">The key cannot be stored (<see cref="ErrorId.KeyStoreUnavailable"/>).</exception>
    X509Certificate2 CreateClient(CertificatePair pair);
}
