using StepCaRenew.Ca.Configuration;

namespace StepCaRenew.Ca.Trust;

/// <summary>A CA and the roots that are trusted for it.</summary>
/// <param name="Settings">The CA.</param>
/// <param name="Roots">The roots; this object disposes them.</param>
internal sealed record TrustedCa(CaSettings Settings, TrustedRoots Roots) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Roots.Dispose();
}
