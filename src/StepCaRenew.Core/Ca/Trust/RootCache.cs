using StepCaRenew.Ca.Configuration;

namespace StepCaRenew.Ca.Trust;

/// <summary>
/// The roots of many renewals: the root file is read each time, but decoded only if its content is new.
/// </summary>
internal sealed class RootCache : IDisposable
{
    private readonly List<TrustedRoots> known = [];

    /// <summary>The roots that are on disk now; this object disposes them. Thread-safe.</summary>
    /// <exception cref="RenewalException">There is no root certificate, or its fingerprint is not the configured one.</exception>
    public TrustedRoots Load(CaSettings settings)
    {
        lock (known)
        {
            var file = TrustedRoots.ReadFile(settings);
            var roots = known.Find(one => one.AreFrom(file));
            if (roots is null)
                known.Add(roots = TrustedRoots.Parse(settings, file));
            roots.RequireFingerprint(settings);
            return roots;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (known)
        {
            known.ForEach(roots => roots.Dispose());
            known.Clear();
        }
    }
}
