using System.Runtime.Versioning;
using StepCaRenew.Permissions;

namespace StepCaRenew.Unit.Permissions;

/// <summary>Folders whose contents are loaded: modules and pwsh.</summary>
[SupportedOSPlatform("linux")]
public sealed class ContentsSafetyTests : IDisposable
{
    private const string Everyone = "can be written by everyone";
    private readonly GuardedPlace place = new();

    public void Dispose() => place.Dispose();

    [LinuxFact]
    public void Module_AllSafe_IsSafe() => place.Accepted(Module());

    [LinuxFact]
    public void Module_FileInIt_IsRefused()
    {
        var module = Module();
        place.Refused(module, GuardedPlace.Mode(place.At("module/M.dll"), 0b110_100_110), Everyone);
    }

    [LinuxFact]
    public void Module_FileOfSomebodyElseInIt_IsRefused()
    {
        var module = Module();
        place.Refused(module, GuardedPlace.Give(place.At("module/M.dll")), "is owned by '1234'");
    }

    [LinuxFact]
    public void Module_FileFurtherDown_IsRefused()
    {
        var module = Module();
        place.Refused(module, GuardedPlace.LetGroupWrite(place.At("module/lib/net8.0/Core.dll")), "can be written by group '");
    }

    [LinuxFact]
    public void Module_StickyFolderInIt_IsRefused()
    {
        // Anybody may put a library there.
        var module = Module();
        place.Refused(module, GuardedPlace.Mode(place.At("module/lib"), 0b001_111_111_111), Everyone);
    }

    [LinuxFact]
    public void Module_ItsFolder_IsRefused()
    {
        var module = Module();
        place.Refused(module, GuardedPlace.Mode(place.At("module"), 0b111_101_111), Everyone);
    }

    [LinuxFact]
    public void Module_UnsafeTargetOfALinkInIt_IsRefused()
    {
        var module = Module();
        var file = GuardedPlace.Mode(place.File("shared/x/Other.dll"), 0b110_100_110);
        place.Link("module/shared", "../shared");
        place.Refused(module, file, Everyone);
    }

    [LinuxFact]
    public void Module_LinkToItself_Ends()
    {
        var module = Module();
        place.Link("module/self", ".");
        place.Link("module/lib/up", "..");
        place.Accepted(module);
    }

    [LinuxFact]
    public void Module_ByItsManifest_IsTheFolder()
    {
        Module();
        Assert.Equal(place.At("module"), GuardedPath.Module(place.At("module/M.psd1")).Path);
        Assert.Equal(place.At("module"), GuardedPath.Module(place.At("module")).Path);
    }

    [LinuxFact]
    public void Module_MissingFolder_IsSafe_WhateverIsNextToIt()
    {
        GuardedPlace.Mode(place.File("x"), 0b110_100_110);
        place.Accepted(new GuardedPath(place.At("missing"), "the module", WithContents: true));
    }

    [LinuxFact]
    public void Pwsh_FolderBehindItsLink_IsRefused()
    {
        place.File("opt/7/pwsh");
        var library = GuardedPlace.Mode(place.File("opt/7/System.dll"), 0b110_100_110);
        var pwsh = GuardedPath.Pwsh(place.Link("pwsh", "opt/7/pwsh"));
        place.Accepted(pwsh[0]);
        place.Refused(pwsh[1], library, Everyone);
    }

    [LinuxFact]
    public void Module_ThatCantBeListed_IsRefused()
    {
        var module = Module();
        GuardedPlace.Mode(place.At("module/lib"), 0b111_000_000);
        Unprivileged.Run(() => Assert.Contains($"'{place.At("module/lib")}'", Expect.Failure(ErrorId.InsecureDefinition, () => place.Accepted(module)).Message, StringComparison.Ordinal));
    }

    [LinuxFact]
    public void Path_ThatCantBeLookedAt_IsRefused()
    {
        var path = place.File("a/run.ps1");
        GuardedPlace.Mode(place.At("a"), 0b111_000_000);
        Unprivileged.Run(() => place.Refused(path, path, "cannot be checked ("));
    }

    private GuardedPath Module()
    {
        place.File("module/M.psd1");
        place.File("module/M.dll");
        place.Folder("module/lib");
        place.File("module/lib/net8.0/Core.dll");
        return new GuardedPath(place.At("module"), "the module", WithContents: true);
    }
}
