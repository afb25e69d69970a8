using NetArchTest.Rules;

namespace StepCaRenew.Unit;

/// <summary>The dependencies of docs/architecture.md.</summary>
public sealed class ArchitectureTests
{
    [Fact]
    public void Core_ReferencesOnlyShippedAssemblies_NoPowerShellAndNoDevCa()
    {
        string[] allowed = ["Microsoft.Extensions.Logging.Abstractions"];
        var strangers = typeof(RenewalException).Assembly.GetReferencedAssemblies()
            .Select(name => name.Name!)
            .Where(name => !name.StartsWith("System.", StringComparison.Ordinal) && !allowed.Contains(name))
            .Where(name => name is not ("Microsoft.Win32.Primitives" or "Microsoft.Win32.Registry")); // The framework's own.
        Assert.Empty(strangers);
    }

    [Fact]
    public void Policy_UsesNoOtherFolder()
    {
        var result = Types.InAssembly(typeof(RenewalException).Assembly)
            .That().ResideInNamespace("StepCaRenew.Policy")
            .ShouldNot().HaveDependencyOnAny(
                "StepCaRenew.Ca", "StepCaRenew.FileSystem", "StepCaRenew.Certificates", "StepCaRenew.Logging", "System.IO", "System.Net")
            .GetResult();
        Assert.True(result.IsSuccessful, string.Join(", ", result.FailingTypeNames ?? []));
    }
}
