namespace StepCaRenew.Integration.Engine;

/// <summary>What stays beside a pair for good: unlinking a lock would let two runs hold it.</summary>
internal static class LockName
{
    public static bool Is(string path) =>
        path.EndsWith(".stepcarenew-lock", StringComparison.Ordinal) || path.EndsWith(".stepcarenew-acting", StringComparison.Ordinal);
}
