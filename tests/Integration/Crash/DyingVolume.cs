using StepCaRenew.FileSystem;

namespace StepCaRenew.Integration.Crash;

/// <summary>
/// Stands for a killed process inside the test's own: from the n-th point on no call does anything any more, so that
/// nothing can be tidied up. The lock goes as the kernel would free it, when the run ends.
/// </summary>
internal sealed class DyingVolume(int at, bool canExchange = true) : CountingVolume(new Volume(new OpenFolders()), at)
{
    public override bool TryExchange(string one, string other)
    {
        if (canExchange)
            return base.TryExchange(one, other);
        Count();
        return false;
    }

    protected override void Crash() => throw new CrashException();

    /// <summary>No error that anybody could catch by its kind.</summary>
    internal sealed class CrashException : Exception;
}
