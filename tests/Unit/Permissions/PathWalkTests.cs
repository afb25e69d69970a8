using StepCaRenew.Permissions;

namespace StepCaRenew.Unit.Permissions;

public sealed class PathWalkTests
{
    // The process of a test runs on another drive than D.
    [WindowsTheory]
    [InlineData(@"D:\certs\web.crt", @"D:\certs\web.crt", @"\real\web.crt", @"D:\real\web.crt")]
    [InlineData(@"\\server\share\web.crt", @"\\server\share\web.crt", @"\real.crt", @"\\server\share\real.crt")]
    [InlineData(@"D:\certs\web.crt", @"D:\certs\web.crt", @"E:\real.crt", @"E:\real.crt")]
    [InlineData(@"D:\certs\web.crt", @"D:\certs\web.crt", @"..\real.crt", @"D:\real.crt")]
    public void Steps_LinkToARoot_IsOnTheDriveOfTheLink(string path, string link, string target, string end)
    {
        var walk = new PathWalk(one => one == link ? new PathEntry(PathKind.Link, target) : one == end ? PathEntry.Other : PathEntry.Folder);
        var last = walk.Steps(path).Last();
        Assert.Equal(end, last.Path);
        Assert.Equal(PathRole.End, last.Role);
    }
}
