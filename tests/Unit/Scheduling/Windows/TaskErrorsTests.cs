using System.Runtime.InteropServices;
using StepCaRenew.Scheduling.Windows;

namespace StepCaRenew.Unit.Scheduling.Windows;

public sealed class SchedulerErrorsTests
{
    [Theory]
    [InlineData(0x80070005, ErrorId.AdministratorRequired)]
    [InlineData(0x80070002, ErrorId.NotRegistered)]
    [InlineData(0x80070003, ErrorId.NotRegistered)]
    [InlineData(0x8007052E, ErrorId.AccountInvalid)]
    [InlineData(0x8007052F, ErrorId.AccountInvalid)]
    [InlineData(0x80070532, ErrorId.AccountInvalid)]
    [InlineData(0x80070533, ErrorId.AccountInvalid)]
    [InlineData(0x80070534, ErrorId.AccountInvalid)]
    [InlineData(0x80070569, ErrorId.AccountInvalid)]
    [InlineData(0x80070775, ErrorId.AccountInvalid)]
    [InlineData(0x8004130F, ErrorId.AccountInvalid)]
    [InlineData(0x80041310, ErrorId.AccountInvalid)]
    [InlineData(0x80041314, ErrorId.AccountInvalid)]
    [InlineData(0x80041315, ErrorId.SchedulerUnavailable)]
    [InlineData(0x80041322, ErrorId.SchedulerUnavailable)]
    [InlineData(0x800706B5, ErrorId.SchedulerUnavailable)]
    [InlineData(0x800706BA, ErrorId.SchedulerUnavailable)]
    [InlineData(0x80070422, ErrorId.SchedulerUnavailable)]
    [InlineData(0x80040154, ErrorId.SchedulerUnavailable)]
    [InlineData(0x80041311, ErrorId.SchedulerFailed)]
    [InlineData(0x80041316, ErrorId.SchedulerFailed)]
    [InlineData(0x80041317, ErrorId.SchedulerFailed)]
    [InlineData(0x80041318, ErrorId.SchedulerFailed)]
    [InlineData(0x80041319, ErrorId.SchedulerFailed)]
    [InlineData(0x8004131A, ErrorId.SchedulerFailed)]
    [InlineData(0x8004131D, ErrorId.SchedulerFailed)]
    [InlineData(0x8004131F, ErrorId.SchedulerFailed)]
    [InlineData(0x80041313, ErrorId.SchedulerFailed)]
    [InlineData(0x80041320, ErrorId.SchedulerFailed)]
    [InlineData(0x80041321, ErrorId.SchedulerFailed)]
    [InlineData(0x80041323, ErrorId.SchedulerFailed)]
    [InlineData(0x80041328, ErrorId.SchedulerFailed)]
    [InlineData(0x80041326, ErrorId.SchedulerFailed)]
    [InlineData(0x80004001, ErrorId.SchedulerFailed)]
    [InlineData(0x80004005, ErrorId.SchedulerFailed)]
    public void ToError_Code_HasIdAndRemedy(uint code, string errorId)
    {
        var e = TaskErrors.ToError(Marshal.GetExceptionForHR(unchecked((int)code))!, @"The task '\x' cannot be registered");
        Assert.Equal(errorId, e.ErrorId);
        Assert.StartsWith(@"The task '\x' cannot be registered: ", e.Message, StringComparison.Ordinal);
        Assert.EndsWith($"(0x{code:X8}).", e.Message, StringComparison.Ordinal);
        Assert.NotEmpty(e.Remedy);
    }

    [Theory]
    [InlineData(0x0004131B, true, ErrorId.SchedulerFailed)]
    [InlineData(0x0004131C, true, ErrorId.AccountInvalid)]
    [InlineData(0x00041306, false, ErrorId.SchedulerFailed)]
    public void IsHalfDone_TaskThatWillNotRun_IsTrue(int code, bool isHalfDone, string errorId)
    {
        Assert.Equal(isHalfDone, TaskErrors.IsHalfDone(code));
        Assert.Equal(errorId, TaskErrors.ToError(code, "The task").ErrorId);
    }

    [Fact]
    public void IsHalfDone_Success_IsFalse() => Assert.False(TaskErrors.IsHalfDone(0));

    // As .NET turns codes of COM into exceptions of its own.
    [Fact]
    public void IsMissing_CodeOfAMissingTask_IsTrue()
    {
        Assert.True(TaskErrors.IsMissing(new FileNotFoundException()));
        Assert.True(TaskErrors.IsMissing(new DirectoryNotFoundException()));
        Assert.True(TaskErrors.IsMissing(Marshal.GetExceptionForHR(TaskErrors.FileNotFound)!));
        Assert.False(TaskErrors.IsMissing(new UnauthorizedAccessException()));
        Assert.False(TaskErrors.IsMissing(new IOException()));
    }
}
