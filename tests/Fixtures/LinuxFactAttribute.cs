using System.Runtime.CompilerServices;

namespace StepCaRenew.Fixtures;

/// <summary>A test of what only Linux has; skipped elsewhere.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1) : base(file, line)
    {
        Skip = OperatingSystem.IsLinux() ? null : "Linux only.";
    }
}
