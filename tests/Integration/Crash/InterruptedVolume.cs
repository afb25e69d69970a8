using StepCaRenew.FileSystem;

namespace StepCaRenew.Integration.Crash;

/// <summary>The real file system; a test can act right before two files are exchanged.</summary>
internal sealed class InterruptedVolume(Action<string> beforeExchange) : CountingVolume(new Volume(new OpenFolders()), 0)
{
    public override bool TryExchange(string one, string other)
    {
        beforeExchange(other);
        return base.TryExchange(one, other);
    }

    protected override void Crash() => throw new InvalidOperationException();
}
