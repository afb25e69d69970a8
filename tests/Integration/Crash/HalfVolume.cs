using StepCaRenew.FileSystem;

namespace StepCaRenew.Integration.Crash;

/// <summary>Stands for a process that is killed when the first of two files is exchanged: the pair is half replaced.</summary>
internal sealed class HalfVolume() : CountingVolume(new Volume(new OpenFolders()), 0)
{
    public override bool TryExchange(string one, string other)
    {
        var isDone = base.TryExchange(one, other);
        Die();
        return isDone;
    }

    protected override void Crash() => throw new DyingVolume.CrashException();
}
