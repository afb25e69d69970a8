using StepCaRenew.FileSystem;

namespace StepCaRenew.Unit.FileSystem;

/// <summary>Names of devices in place of files, which Windows takes for the devices themselves.</summary>
public sealed class DeviceNameTests
{
    [WindowsTheory]
    [InlineData("CON")]
    [InlineData("NUL")]
    [InlineData("nul")]
    [InlineData("COM1")]
    [InlineData("LPT9")]
    [InlineData(@"\\.\NUL")]
    [InlineData(@"\\.\pipe\stepcarenew-nobody")]
    public void Read_Device_IsAnErrorWithAnId(string name)
    {
        var error = Expect.Failure(ErrorId.FileUnreadable, () => InputFile.Read(name, "certificate file"));
        Assert.Contains("not a regular file", error.Message, StringComparison.Ordinal);
        Assert.Null(new Volume(new OpenFolders()).Read(name));
        Assert.NotNull(TargetPath.Follow(name));
    }

    [WindowsFact]
    public void IsSpecial_FileByItsDevicePath_IsAFile()
    {
        using var folder = new TestFolder();
        var path = @"\\.\" + folder.Write("web.crt", "x");
        Assert.False(FileKind.IsSpecial(path));
        Assert.Equal("x"u8.ToArray(), InputFile.Read(path, "certificate file").Bytes);
    }
}
