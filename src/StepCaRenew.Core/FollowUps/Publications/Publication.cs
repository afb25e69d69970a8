using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates;

namespace StepCaRenew.FollowUps.Publications;

/// <summary>Another form of a pair in a place of its own, for a program that does not read the form in which the pair is stored.</summary>
/// <param name="Path">The file, or the store as PowerShell writes it (<c>Cert:\LocalMachine\My</c>).</param>
internal abstract record Publication(string Path)
{
    /// <summary>The parameter that requests it, for messages.</summary>
    public abstract string Parameter { get; }

    /// <summary>All its parameters, without a password.</summary>
    public virtual string Parameters => $"{Parameter} {Path}";

    /// <summary>The file; null for a certificate store.</summary>
    public abstract string? FilePath { get; }

    /// <summary>A noun for messages, such as <c>publication '/etc/haproxy/web.pem'</c>.</summary>
    public string Description => $"publication '{Path}'";

    /// <summary>The file with its password; null if there is none.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>Whether it holds the private key.</summary>
    public abstract bool HoldsKey { get; }

    /// <summary>Requires that the form can be made, as far as that is known before a renewal.</summary>
    /// <param name="keyAlgorithm">The algorithm of the key, such as <c>RSA 2048</c>.</param>
    /// <exception cref="RenewalException">It cannot.</exception>
    public virtual void RequireUsable(string keyAlgorithm)
    {
    }
}

/// <summary>A pair as publications need it.</summary>
/// <param name="Keyed">The certificate, its chain and its key.</param>
/// <param name="FindRoot">Finds the root certificate that the chain leads to; null if none of the trusted ones does.</param>
internal sealed record PublishedPair(KeyedCertificate Keyed, Func<KeyedCertificate, X509Certificate2?> FindRoot)
{
    /// <summary>The root certificate that the chain leads to.</summary>
    /// <exception cref="RenewalException">It is not known.</exception>
    public X509Certificate2 Root => FindRoot(Keyed) ?? throw PublicationErrors.CannotBeMade(
        $"the chain of '{Keyed.Source}' does not lead to a trusted root certificate.", "Check -Root, or the root in step's configuration.");
}
