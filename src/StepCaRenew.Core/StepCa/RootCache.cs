namespace StepCaRenew.StepCa;

/// <summary>
/// The roots of one call over many certificates: the file is read anew for each of them, and decoded again only where it
/// holds something else than before.
/// </summary>
internal sealed class RootCache : IDisposable
{
    private readonly List<TrustedRoots> known = [];

    /// <summary>The roots as they lie on disk now; they live as long as this. From any thread.</summary>
    /// <exception cref="RenewalException">There is no root certificate, or another one than the fingerprint's.</exception>
    public TrustedRoots Load(CaSettings settings)
    {
        lock (known)
        {
            var file = TrustedRoots.ReadFile(settings);
            var roots = known.Find(one => one.IsOf(file));
            if (roots is null)
                known.Add(roots = TrustedRoots.Parse(settings, file));
            roots.RequireFingerprint(settings);
            return roots;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => known.ForEach(roots => roots.Dispose());
}
