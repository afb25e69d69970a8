using System.Runtime.Versioning;
using StepCaRenew.Permissions;

namespace StepCaRenew.Unit.Permissions;

/// <summary>POSIX ACLs, as setfacl sets them and as bytes.</summary>
[SupportedOSPlatform("linux")]
public sealed class AclSafetyTests : IDisposable
{
    private readonly GuardedPlace place = new();

    public void Dispose() => place.Dispose();

    [LinuxTheory]
    [InlineData("u:1234:rw", "can be written by user '1234' (POSIX ACL)")]
    [InlineData("u:1234:w", "can be written by user '1234' (POSIX ACL)")]
    [InlineData("g:4321:rwx", "can be written by group '4321' (POSIX ACL)")]
    [InlineData("u:1234:rw,g:4321:r", "can be written by user '1234' (POSIX ACL)")]
    public void File_NamedWriter_IsRefused(string acl, string right)
    {
        var path = place.File("run.ps1");
        Tool.Run("setfacl", "-m", acl, path);
        Assert.Contains($"setfacl -b {path}", place.Refused(path, path, right).Remedy, StringComparison.Ordinal);
    }

    [LinuxTheory]
    [InlineData("u:1234:rw,m::r")]
    [InlineData("g:4321:rwx,m::rx")]
    [InlineData("u:1234:r")]
    [InlineData("u:0:rw")]
    [InlineData("g:0:rw")]
    // The mask is the group's part of the mode then: 0674, and yet the group may only read.
    [InlineData("u:0:rwx,g::r")]
    public void File_NobodyWrites_IsSafe(string acl)
    {
        var path = place.File("run.ps1");
        Tool.Run("setfacl", "-m", acl, path);
        place.Accepted(path);
    }

    [LinuxFact]
    public void File_OwningGroupByAcl_IsRefused()
    {
        var path = GuardedPlace.LetGroupWrite(place.File("run.ps1"));
        Tool.Run("setfacl", "-m", "u:0:rw,g::rw", path);
        place.Refused(path, path, "can be written by group '");
    }

    [LinuxFact]
    public void File_OthersByAcl_IsRefused_WhateverTheMask()
    {
        var path = place.File("run.ps1");
        Tool.Run("setfacl", "-m", "u:1234:rw,o::rw,m::r", path);
        place.Refused(path, path, "can be written by everyone");
    }

    [LinuxFact]
    public void Ancestor_NamedWriter_IsRefused()
    {
        var path = place.File("a/b/run.ps1");
        Tool.Run("setfacl", "-m", "u:1234:rwx", place.At("a"));
        place.Refused(path, place.At("a"), "can be written by user '1234' (POSIX ACL)");
    }

    [LinuxTheory]
    [InlineData("d:u:1234:rwx", "user '1234'")]
    [InlineData("d:g:4321:rwx", "group '4321'")]
    [InlineData("d:o::rwx", "everyone")]
    public void Folder_ThatGivesNewFilesAway_IsRefused(string acl, string whom)
    {
        var path = place.Folder("state");
        Tool.Run("setfacl", "-m", acl, path);
        Assert.Contains($"setfacl -k {path}", place.Refused(path, path, $"lets {whom} write new files in it (default POSIX ACL)").Remedy, StringComparison.Ordinal);
        // Above a file that is there, it changes nothing.
        place.Accepted(place.File("state/run.json"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("02")]
    [InlineData("03000000")]
    [InlineData("0200000001000600")]
    public void Parse_InvalidAcl_IsNull(string hex) => Assert.Null(PosixAcl.Parse(Convert.FromHexString(hex)));

    [Fact]
    public void Parse_MaskBeforeOrAfter_CutsAllButOthers()
    {
        const string User = "02000600D2040000", Mask = "10000400FFFFFFFF", Others = "20000600FFFFFFFF";
        foreach (var hex in new[] { User + Mask + Others, Mask + User + Others })
        {
            var acl = PosixAcl.Parse(Convert.FromHexString("02000000" + hex))!;
            Assert.Empty(acl.Users);
            Assert.True(acl.Others);
        }
    }
}
