using StepCaRenew.FileSystem;
using StepCaRenew.Integration.Crash;

namespace StepCaRenew.Integration.Engine;

/// <summary>A file system that does not let one of the files be replaced.</summary>
internal sealed class HeldVolume(string held) : CountingVolume(new Volume(new OpenFolders()), 0)
{
    public override void RequireReplaceable(string target)
    {
        if (target == held)
            throw new UnauthorizedAccessException($"Access to '{target}' is denied.");
        base.RequireReplaceable(target);
    }

    protected override void Crash() => throw new InvalidOperationException("Nothing ends here.");
}
