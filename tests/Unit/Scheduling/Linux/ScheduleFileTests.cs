using StepCaRenew.Accounts;
using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Unit.Scheduling.Linux;

public sealed class ScheduleFileTests : IDisposable
{
    private static readonly string Text = FileMark.ForRenewal("web") + "x\n";
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [LinuxFact]
    public void Write_IsWhole_AndReadableByAll()
    {
        var file = File(RenewalScope.Machine);
        folder.Write(".web.service.stepcarenew-new", "left by a crash");
        file.Write(Text);
        Assert.Equal([folder.At("web.service")], Directory.GetFiles(folder.Path));
        Assert.Equal(Text, file.Read());
        Assert.True(file.IsOurs);
        Assert.Empty(file.RightsDifferences());
    }

    [LinuxTheory]
    [InlineData(RenewalScope.Machine, ErrorId.AdministratorRequired)]
    [InlineData(RenewalScope.CurrentUser, ErrorId.SchedulerFailed)]
    public void Write_WithoutPermission_ChangesNothing(RenewalScope scope, string expected)
    {
        folder.Write("web.service", Text);
        Unprivileged.Run(() => Expect.Failure(expected, () => File(scope).Write("other")));
        Assert.Equal([folder.At("web.service")], Directory.GetFiles(folder.Path));
        Assert.Equal(Text, File(scope).Read());
    }

    [LinuxFact]
    public void RightsDifferences_OtherOwner_IsReported()
    {
        File(RenewalScope.Machine).Write(Text);
        var file = new ScheduleFile(folder.At("web.service"), RenewalScope.Machine, LinuxUser.CurrentId + 1);
        Assert.Contains("it belongs to the user", Assert.Single(file.RightsDifferences()), StringComparison.Ordinal);
    }

    [LinuxFact]
    public void RequireOursOrMissing_PipeLinkFolderOrOtherFile_IsRefused()
    {
        UnixFile.MakePipe(folder.At("web.service"));
        Refused("was not written by this module");
        System.IO.File.Delete(folder.At("web.service"));
        folder.Write("web.service", "\n" + Text);
        Refused("was not written by this module");
        System.IO.File.Move(folder.At("web.service"), folder.At("real"));
        System.IO.File.CreateSymbolicLink(folder.At("web.service"), folder.At("real"));
        Refused("is a link to");
        System.IO.File.Delete(folder.At("web.service"));
        File(RenewalScope.Machine).RequireOursOrMissing();
        Directory.CreateDirectory(folder.At("web.service"));
        Refused("was not written by this module");
    }

    private void Refused(string reason) =>
        Assert.Contains(reason, Expect.Failure(ErrorId.SchedulerFailed, File(RenewalScope.Machine).RequireOursOrMissing).Message, StringComparison.Ordinal);

    private ScheduleFile File(RenewalScope scope) => new(folder.At("web.service"), scope, LinuxUser.CurrentId);
}
