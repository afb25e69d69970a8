using System.Runtime.CompilerServices;

namespace StepCaRenew.Fixtures;

/// <summary>A test of what only Windows has (or Wine, in its place); skipped elsewhere.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class WindowsFactAttribute : FactAttribute
{
    public WindowsFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1) : base(file, line)
    {
        Skip = OperatingSystem.IsWindows() ? null : "Windows only.";
    }
}
