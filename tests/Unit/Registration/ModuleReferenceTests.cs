using StepCaRenew.Registration;

namespace StepCaRenew.Unit.Registration;

public sealed class ModuleReferenceTests
{
    [LinuxTheory]
    [InlineData("/usr/local/share/powershell/Modules/StepCaRenew/0.1.0", "/usr/local/share/powershell/Modules/StepCaRenew")]
    [InlineData("/home/a/.local/share/powershell/Modules/StepCaRenew/1.2.3.4", "/home/a/.local/share/powershell/Modules/StepCaRenew")]
    [InlineData("/src/out/package/StepCaRenew/0.1.0", "/src/out/package/StepCaRenew")]
    [InlineData("/opt/Modules/StepCaRenew", "/opt/Modules/StepCaRenew")]
    [InlineData("/src/out/build", "/src/out/build/StepCaRenew.psd1")]
    [InlineData("/src/Other/0.1.0", "/src/Other/0.1.0/StepCaRenew.psd1")]
    [InlineData("/src/StepCaRenew/latest", "/src/StepCaRenew/latest/StepCaRenew.psd1")]
    [InlineData("/src/stepcarenew/0.1.0", "/src/stepcarenew/0.1.0/StepCaRenew.psd1")]
    public void For_FolderOfModules_HasNoVersion(string folder, string reference)
    {
        Assert.Equal(reference, ModuleReference.For(new RunningModule("/usr/bin/pwsh", folder)));
        Assert.Equal(reference.EndsWith(".psd1", StringComparison.Ordinal), ModuleReference.IsManifest(reference));
    }
}
