using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Children;
using StepCaRenew.Integration.Engine;
using StepCaRenew.Integration.Faults;

namespace StepCaRenew.Integration.Attacks;

/// <summary>
/// fsync(2) is the call on which the promise about power loss rests. If it fails, the new file might not be on disk: the old
/// pair stays, and the run fails. strace makes the call of a real process fail.
/// </summary>
public sealed class FlushErrorTests : EngineTest
{
    /// <summary>Every error that fsync(2) names for a volume, at each of the three places.</summary>
    public static MatrixTheoryData<string, string> Errors { get; } = new(["EIO", "ENOSPC", "EDQUOT", "ESTALE"], ["certificate", "key", "folder"]);

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task FsyncThatFails_TheRunFails_AndTheOldPairStands(string error, string of)
    {
        Tool.RequireLinux();
        Tool.Require("strace");
        var ca = await CaAsync(CaKind.DevCa);
        var pair = await IssueAsync(ca);
        var (certificate, key) = (File.ReadAllText(pair.CertificatePath), File.ReadAllText(pair.KeyPath));
        var path = of switch
        {
            "certificate" => Staged(pair.CertificatePath),
            "key" => Staged(pair.KeyPath),
            _ => Folder,
        };
        await using var child = Child.StartAs(
            ["strace", "-f", "-qq", "-P", path, "-e", "trace=fsync", "-e", $"inject=fsync:error={error}", "-o", Path.Combine(Path.GetTempPath(), Path.GetRandomFileName())],
            ["run", .. ChildProgram.Tell(Request(ca, pair) with { Rekey = true })]);
        var (exit, text, errors) = await child.EndAsync();
        Assert.True(exit == 1, $"{exit} {text} {errors}");
        Assert.Contains(error is "ENOSPC" or "EDQUOT" ? ErrorId.DiskFull : ErrorId.WriteFailed, text, StringComparison.Ordinal);
        Assert.Equal(certificate, File.ReadAllText(pair.CertificatePath));
        Assert.Equal(key, File.ReadAllText(pair.KeyPath));
    }

    private static string Staged(string path) => Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.stepcarenew-new");
}
