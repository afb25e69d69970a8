using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Children;
using StepCaRenew.Integration.Faults;
using StepCaRenew.Policy;

namespace StepCaRenew.Integration.Crash;

/// <summary>
/// The tests of power loss see the calls of the volume; this one sees what the kernel is asked: each new file is flushed
/// before it is exchanged, and its folder after that.
/// </summary>
public sealed class SystemCallTests
{
    [Fact]
    public async Task Rekey_FlushesNewFiles_ThenExchanges_ThenFlushesTheFolder()
    {
        Tool.RequireLinux();
        Tool.Run("strace", "--version");
        var ca = await TestCas.GetAsync(CaKind.DevCa);
        using var folder = new TestFolder();
        var pair = await ca.IssueAsync(new() { Folder = folder });
        var trace = Path.Combine(folder, "trace");
        string[] told = ChildProgram.Tell(new() { CertificatePath = pair.CertificatePath, KeyPath = pair.KeyPath, Ca = new() { StepPath = ca.StepPath }, Rule = RenewalRule.Force, Rekey = true });
        // With -y a descriptor is shown with its path.
        await using var child = Child.StartAs(["strace", "-f", "-y", "-s", "0", "-e", "trace=fsync,fdatasync,renameat2,unlinkat", "-o", trace], ["run", .. told]);
        var (exit, text, errors) = await child.EndAsync();
        Assert.True(exit == 0, text + errors);

        var (certificate, key) = (Path.GetFileName(pair.CertificatePath), Path.GetFileName(pair.KeyPath));
        var calls = File.ReadAllLines(trace).Select(line => Describe(line, folder)).OfType<string>().ToList();
        Assert.Equal(
            [
                $"flush .{certificate}.stepcarenew-new", $"flush .{key}.stepcarenew-new",
                $"exchange .{key}.stepcarenew-new", $"exchange .{certificate}.stepcarenew-new",
                "flush folder",
                $"delete .{certificate}.stepcarenew-new", $"delete .{key}.stepcarenew-new",
                $"delete .{key}.stepcarenew-lock",
            ],
            calls);
    }

    private static string? Describe(string line, string folder)
    {
        // 20</folder/name>, or 20</folder>, "name".
        var start = new[] { $"<{folder}/", $"<{folder}>, \"" }.Select(mark => (mark, At: line.IndexOf(mark, StringComparison.Ordinal))).FirstOrDefault(found => found.At >= 0);
        var name = start.mark is null ? string.Empty : line[(start.At + start.mark.Length)..].Split('"', '>')[0];
        return line.Contains(" fsync(", StringComparison.Ordinal) || line.Contains(" fdatasync(", StringComparison.Ordinal)
            ? name.Length > 0 ? $"flush {name}" : line.Contains($"<{folder}>", StringComparison.Ordinal) ? "flush folder" : null
            : name.Length == 0 ? null
            : line.Contains("RENAME_EXCHANGE", StringComparison.Ordinal) ? $"exchange {name}"
            : line.Contains(" unlinkat(", StringComparison.Ordinal) ? $"delete {name}"
            : null;
    }
}
