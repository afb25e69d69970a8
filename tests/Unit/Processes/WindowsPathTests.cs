using System.Diagnostics;
using StepCaRenew.Processes;

namespace StepCaRenew.Unit.Processes;

public sealed class WindowsPathTests
{
    [Theory]
    [InlineData("x.exe", false)]
    [InlineData("x", false)]
    [InlineData(@"C:\tools\x.exe", false)]
    [InlineData("C:/tools/x.exe", false)]
    [InlineData(@"\\server\share\x.exe", false)]
    [InlineData(@"\\?\C:\tools\x.exe", false)]
    [InlineData("C:x.exe", true)]
    [InlineData(@"C:tools\x.exe", true)]
    [InlineData(@"\tools\x.exe", true)]
    [InlineData(@".\x.exe", true)]
    [InlineData(@"tools\x.exe", true)]
    [InlineData("x.exe:stream", true)]
    [InlineData(@"C:\tools\x.txt:hidden.exe", true)]
    public void DependsOnCurrentFolder_Path_IsOrIsNot(string path, bool expected) => Assert.Equal(expected, WindowsPath.DependsOnCurrentFolder(path));

    [Theory]
    [InlineData(@"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe", true, false)]
    [InlineData(@"C:\Windows\System32\WindowsPowerShell\v1.0\PowerShell.EXE", true, false)]
    [InlineData(@"C:\Windows\System32\WindowsPowerShell\v1.0\powershell_ise.exe", true, false)]
    [InlineData(@"C:\Program Files\PowerShell\7\pwsh.exe", true, true)]
    [InlineData(@"C:\powershell.exe\tool.exe", true, true)]
    [InlineData("/usr/local/bin/powershell", false, true)]
    public void Prepare_Program_KeepsTheModulePath(string path, bool isWindows, bool isKept)
    {
        var start = new ProcessStartInfo(path);
        start.Environment["PSModulePath"] = @"C:\Program Files\PowerShell\7\Modules";
        ChildVariables.Prepare(start, isWindows);
        Assert.Equal(isKept, start.Environment.ContainsKey("PSModulePath"));
    }
}
