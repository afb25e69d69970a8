using System.Runtime.CompilerServices;

namespace StepCaRenew.Fixtures;

/// <summary>A theory about what only Windows has (or Wine, in its place); skipped elsewhere.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class WindowsTheoryAttribute : TheoryAttribute
{
    public WindowsTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1) : base(file, line)
    {
        Skip = OperatingSystem.IsWindows() ? null : "Windows only.";
    }
}
