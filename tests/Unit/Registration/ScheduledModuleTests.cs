using StepCaRenew.Registration;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Unit.Registration;

public sealed class ScheduledModuleTests
{
    [Theory]
    [InlineData("StepCaRenew")]
    [InlineData("/opt/it's here/StepCaRenew/StepCaRenew.psd1")]
    public void FromCommand_Import_IsTheModule(string module) => Assert.Equal(module, ScheduledModule.FromCommand(RunCommand.ForRenewal("/usr/bin/pwsh", module, "web")));

    [Fact]
    public void FromCommand_OtherCommand_IsNull()
    {
        Assert.Null(ScheduledModule.FromCommand(new RunCommand("/usr/bin/pwsh", ["-Command", "Get-Date"])));
        Assert.Null(ScheduledModule.FromCommand(new RunCommand("/usr/bin/pwsh", [])));
    }

    [Fact]
    public void Exists_ManifestFolderOrVersion_IsTrue()
    {
        using var folder = new TestFolder();
        var module = Directory.CreateDirectory(folder.At("Modules/StepCaRenew")).FullName;
        var pwsh = folder.At("pwsh");
        Assert.False(ScheduledModule.Exists(module, pwsh));
        Assert.False(ScheduledModule.Exists(Path.Combine(module, "StepCaRenew.psd1"), pwsh));
        Directory.CreateDirectory(Path.Combine(module, "0.1.0"));
        Assert.False(ScheduledModule.Exists(module, pwsh));
        folder.Write("Modules/StepCaRenew/0.1.0/StepCaRenew.psd1", "@{}");
        Assert.True(ScheduledModule.Exists(module, pwsh));
        // PowerShell also searches the folder Modules next to pwsh.
        Assert.True(ScheduledModule.Exists("StepCaRenew", pwsh));
        Assert.False(ScheduledModule.Exists("StepCaRenewOther", pwsh));
        folder.Write("Modules/StepCaRenew/StepCaRenew.psd1", "@{}");
        Assert.True(ScheduledModule.Exists(Path.Combine(module, "StepCaRenew.psd1"), pwsh));
    }
}
