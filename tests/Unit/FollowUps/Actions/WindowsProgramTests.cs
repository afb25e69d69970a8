using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Processes;

namespace StepCaRenew.Unit.FollowUps.Actions;

/// <summary>Names of programs that Windows resolves in a special way.</summary>
public sealed class WindowsProgramTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("x.bat", true)]
    [InlineData("X.CMD", true)]
    [InlineData("x.bat ", true)]
    [InlineData("x.bat. .", true)]
    [InlineData("x.exe", false)]
    [InlineData("bat", false)]
    [InlineData("x.bat.exe", false)]
    public void IsBatch_BlanksAndDotsAtTheEnd_AreIgnored(string name, bool isBatch) => Assert.Equal(isBatch, CommandAction.IsBatch(name));

    [WindowsTheory]
    [InlineData("x.bat")]
    [InlineData("x.bat ")]
    [InlineData("x.cmd.")]
    public void RequireRunnable_BatchFile_IsInvalid(string name)
    {
        folder.Write(name.TrimEnd(' ', '.'), "@echo off");
        var error = Expect.Failure(ErrorId.ActionInvalid, () => new CommandAction(Path.Join(folder.Path, name), []).RequireRunnable(new ActionHost { PwshPath = "pwsh.exe" }));
        Assert.Contains("batch file", error.Message, StringComparison.Ordinal);
    }

    [WindowsFact]
    public void Find_DriveWithoutAFolder_IsNotFound()
    {
        var before = Environment.CurrentDirectory;
        folder.Write("program.exe", "MZ");
        Environment.CurrentDirectory = folder.Path;
        try
        {
            Assert.Null(ProgramFinder.Find($"{folder.Path[0]}:program.exe"));
            Assert.NotNull(ProgramFinder.Find(folder.At("program.exe")));
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }
}
