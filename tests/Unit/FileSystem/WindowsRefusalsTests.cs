using StepCaRenew.FileSystem;

namespace StepCaRenew.Unit.FileSystem;

/// <summary>Why Windows refused to replace a file; the attempts are played, so that the rules are tested everywhere.</summary>
public sealed class WindowsRefusalsTests
{
    private static readonly string Target = Path.Combine(Path.GetTempPath(), "certs", "web.crt");

    [Theory]
    [InlineData(0x20, true)] // sharing violation
    [InlineData(0x21, true)] // lock violation
    [InlineData(0x05, true)] // access denied
    [InlineData(0x70, false)] // disk full
    [InlineData(0x13, false)] // write-protected
    [InlineData(0x02, false)] // no such file
    public void IsWorthRetrying_OnlyIfAnotherProcessCanBeTheReason(int code, bool expected) =>
        Assert.Equal(expected, new WindowsRefusals(new Probe(true, true)).IsWorthRetrying(Error(code)));

    [Theory]
    [InlineData(0x20, true, true, ErrorId.FileInUse)]
    [InlineData(0x20, false, false, ErrorId.FileInUse)]
    [InlineData(0x05, true, true, ErrorId.FileInUse)]
    [InlineData(0x05, true, false, ErrorId.FolderNotWritable)]
    [InlineData(0x05, false, true, ErrorId.FolderNotWritable)]
    [InlineData(0x05, false, false, ErrorId.FolderNotWritable)]
    [InlineData(0x02, true, true, ErrorId.WriteFailed)]
    [InlineData(0x1F, true, true, ErrorId.WriteFailed)]
    public void Explain_TellsAnOpenFileFromAMissingRight(int code, bool takesFiles, bool hasRight, string errorId) =>
        Assert.Equal(errorId, new WindowsRefusals(new Probe(takesFiles, hasRight)).Explain(Error(code), Target).ErrorId);

    [Fact]
    public void Explain_FileThatCannotBeDeleted_DoesNotBlameTheFolder()
    {
        var error = new WindowsRefusals(new Probe(true, false)).Explain(Error(5), Target);
        Assert.Contains("permission to delete this one", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("does not have permission to write in the folder", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void IsWorthRetrying_OnUnix_Never() =>
        Assert.All([0x05, 0x20, 0x21], code => Assert.False(new Refusals().IsWorthRetrying(Error(code))));

    internal static Exception Error(int code) => code switch
    {
        0x05 => new UnauthorizedAccessException("Access to the path is denied."),
        0x02 => new FileNotFoundException("It is not there."),
        _ => new IOException($"Error {code}.", unchecked((int)0x80070000) | code),
    };

    internal sealed class Probe(bool takesFiles, bool hasRight) : IReplaceProbe
    {
        public bool TakesFiles(string folder) => folder == Path.GetDirectoryName(Target) ? takesFiles : throw new ArgumentException(folder, nameof(folder));

        public bool HasRightToReplace(string path) => path == Target ? hasRight : throw new ArgumentException(path, nameof(path));
    }
}
