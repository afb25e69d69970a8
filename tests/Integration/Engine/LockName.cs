namespace StepCaRenew.Integration.Engine;

/// <summary>The lock files, which stay next to a pair: if one were deleted, two runs could each hold a lock.</summary>
internal static class LockName
{
    public static bool Is(string path) =>
        path.EndsWith(".stepcarenew-lock", StringComparison.Ordinal) || path.EndsWith(".stepcarenew-acting", StringComparison.Ordinal);
}
