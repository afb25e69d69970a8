using StepCaRenew.Processes;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Unit.Scheduling;

public sealed class PwshPathTests
{
    [Theory]
    [InlineData(@"C:\Program Files\PowerShell\7\pwsh.exe")]
    [InlineData(@"d:/tools/powershell/PWSH.EXE")]
    [InlineData(@"\\server\share\PowerShell\7\pwsh.exe")]
    [InlineData("/usr/bin/pwsh")]
    [InlineData("/usr/bin/pwsh-lts")]
    [InlineData("/opt/microsoft/powershell/7/pwsh")]
    [InlineData("/opt/microsoft/powershell/7-lts/pwsh")]
    [InlineData("/snap/powershell/current/opt/powershell/pwsh")]
    [InlineData("/srv/preview/pwsh")]
    public void RequireSuitable_StablePath_IsAccepted(string path)
    {
        PwshPath.RequireSuitable(path, RenewalScope.Machine);
        PwshPath.RequireSuitable(path, RenewalScope.CurrentUser);
    }

    [Theory]
    [InlineData("pwsh", "full path")]
    [InlineData(@"7\pwsh.exe", "full path")]
    [InlineData("C:pwsh.exe", "full path")]
    [InlineData(@"\pwsh.exe", "full path")]
    [InlineData(@"\\?\C:\pwsh.exe", "full path")]
    [InlineData("", "full path")]
    [InlineData(@"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe", "not pwsh")]
    [InlineData(@"C:\Program Files\dotnet\dotnet.exe", "not pwsh")]
    [InlineData(@"C:\Program Files\WindowsApps\Microsoft.PowerShell_7.6.0.0_x64__8wekyb3d8bbwe\pwsh.exe", "Store")]
    [InlineData(@"C:\Program Files\WindowsApps\Microsoft.PowerShellPreview_7.7.1.0_x64__8wekyb3d8bbwe\pwsh.exe", "preview")]
    [InlineData(@"C:\Users\a\AppData\Local\Microsoft\WindowsApps\Microsoft.PowerShellPreview_8wekyb3d8bbwe\pwsh.exe", "preview")]
    [InlineData(@"C:\Users\a\AppData\Local\Microsoft\WindowsApps\pwsh-preview.exe", "preview")]
    [InlineData(@"C:\Program Files\PowerShell\7-preview\pwsh.exe", "preview")]
    [InlineData(@"C:\tools\PowerShell-7.6.0-preview.4-win-x64\pwsh.exe", "preview")]
    [InlineData(@"C:\tools\7.6.0-rc.1\pwsh.exe", "preview")]
    [InlineData("/opt/microsoft/powershell/7-preview/pwsh", "preview")]
    [InlineData("/usr/bin/pwsh-preview", "preview")]
    [InlineData("/snap/powershell-preview/x/opt/powershell/pwsh", "preview")]
    public void RequireSuitable_UnstablePath_IsRefused(string path, string why)
    {
        foreach (var scope in Enum.GetValues<RenewalScope>())
            Assert.Contains(why, Expect.Failure(ErrorId.PwshUnsuitable, () => PwshPath.RequireSuitable(path, scope)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(@"C:\Users\a\AppData\Local\Microsoft\windowsapps\pwsh.exe")]
    [InlineData(@"C:\Users\a\AppData\Local\Microsoft\WindowsApps\Microsoft.PowerShell_8wekyb3d8bbwe\pwsh.exe")]
    public void RequireSuitable_AliasOfTheApp_IsAcceptedForUsersOnly(string path)
    {
        PwshPath.RequireSuitable(path, RenewalScope.CurrentUser);
        var error = Expect.Failure(ErrorId.PwshUnsuitable, () => PwshPath.RequireSuitable(path, RenewalScope.Machine));
        Assert.Contains("SYSTEM", error.Message, StringComparison.Ordinal);
        Assert.Contains("--installer-type wix", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Lasting_App_IsItsAlias()
    {
        using var folder = new TestFolder();
        Directory.CreateDirectory(folder.At("Microsoft.PowerShell_8wekyb3d8bbwe"));
        const string path = @"C:\Program Files\WindowsApps\Microsoft.PowerShell_7.6.0.0_x64__8wekyb3d8bbwe\pwsh.exe";
        Assert.Equal(path, PwshPath.Lasting(path, null, folder.Path));
        var alias = folder.Write("pwsh.exe", "");
        Assert.Equal(alias, PwshPath.Lasting(path, null, folder.Path));
        var own = folder.Write(Path.Combine("Microsoft.PowerShell_8wekyb3d8bbwe", "pwsh.exe"), "");
        Assert.Equal(own, PwshPath.Lasting(path, null, folder.Path));
    }

    [Theory]
    [InlineData("/home/a/.dotnet/tools/.store/powershell/7.6.0/powershell/7.6.0/tools/net10.0/any/unix/pwsh")]
    [InlineData("/home/a/.nuget/packages/powershell/7.6.9/tools/net10.0/any/unix/pwsh")]
    [InlineData("/opt/powershell-7.6.0/pwsh")]
    [InlineData("/opt/powershell/v7.6/pwsh")]
    [InlineData("/snap/powershell/261/opt/powershell/pwsh")]
    [InlineData(@"C:\tools\PowerShell-7.6.0-win-x64\pwsh.exe")]
    public void RequireSuitable_VersionInThePath_IsRefused(string path)
    {
        foreach (var scope in Enum.GetValues<RenewalScope>())
            Expect.Failure(ErrorId.PwshUnsuitable, () => PwshPath.RequireSuitable(path, scope));
    }

    [Theory]
    [InlineData("powershell/7.6.9/powershell/7.6.9/tools/net10.0/any/unix/pwsh")]
    [InlineData("powershell/7.7.0/powershell/7.7.0/tools/net11.0/any/unix/pwsh")]
    public void Lasting_DotnetTool_IsItsLauncher(string below)
    {
        using var folder = new TestFolder();
        var path = folder.At($"tools/.store/{below}");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "");
        Assert.Equal(path, PwshPath.Lasting(path, null));
        var launcher = folder.Write("tools/pwsh", "");
        Assert.Equal(launcher, PwshPath.Lasting(path, null));
        PwshPath.RequireSuitable(launcher, RenewalScope.Machine);
    }

    [LinuxFact]
    public void Lasting_FolderWithAVersion_IsTheLinkOnPath()
    {
        using var folder = new TestFolder();
        Directory.CreateDirectory(folder.At("powershell-7.6.0"));
        Directory.CreateDirectory(folder.At("bin"));
        Directory.CreateDirectory(folder.At("other"));
        var path = folder.Write("powershell-7.6.0/pwsh", "");
        folder.Write("other/pwsh", "");
        var searchPath = $"{folder.At("powershell-7.6.0")}::bin:{folder.At("other")}:{folder.At("bin")}";
        Assert.Equal(path, PwshPath.Lasting(path, searchPath));
        File.CreateSymbolicLink(folder.At("bin/pwsh"), path);
        Assert.Equal(folder.At("bin/pwsh"), PwshPath.Lasting(path, searchPath));
    }

    [Theory]
    [InlineData("/usr/bin/pwsh")]
    [InlineData("/opt/microsoft/powershell/7/pwsh")]
    [InlineData(@"C:\Program Files\PowerShell\7\pwsh.exe")]
    public void Lasting_PathWithoutAVersion_IsThePath(string path) => Assert.Equal(path, PwshPath.Lasting(path));

    [Theory]
    [InlineData(@"C:\Users\a\.dotnet\tools\pwsh.exe")]
    [InlineData("/root/.dotnet/tools/pwsh")]
    public void RequireSuitable_DotnetTool_IsRefusedForTheMachineOnly(string path)
    {
        Expect.Failure(ErrorId.PwshUnsuitable, () => PwshPath.RequireSuitable(path, RenewalScope.Machine));
        PwshPath.RequireSuitable(path, RenewalScope.CurrentUser);
    }
}
