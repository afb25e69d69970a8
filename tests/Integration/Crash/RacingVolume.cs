using StepCaRenew.FileSystem;

namespace StepCaRenew.Integration.Crash;

/// <summary>The real file system; another program acts once, right before the n-th call.</summary>
internal sealed class RacingVolume(int at, Action other, bool canExchange = true) : CountingVolume(new Volume(new OpenFolders()), at)
{
    private bool isDone;

    public override bool TryExchange(string one, string other)
    {
        if (canExchange)
            return base.TryExchange(one, other);
        Count();
        return false;
    }

    protected override void Crash()
    {
        if (isDone)
            return;
        isDone = true;
        other();
    }
}
