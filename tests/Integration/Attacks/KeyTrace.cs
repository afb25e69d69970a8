using System.Globalization;
using StepCaRenew.Integration.Children;

namespace StepCaRenew.Integration.Attacks;

/// <summary>The system calls of a child that writes private keys: those that run programs, and those that make, write, protect and move files.</summary>
internal sealed class KeyTrace
{
    private readonly string[] calls;

    private KeyTrace(string[] calls) => this.calls = calls;

    /// <summary>Runs a child to its end, which must be a success.</summary>
    /// <param name="file">The file for the trace.</param>
    /// <param name="wrapper">A program that starts the child, such as one that changes the user.</param>
    /// <param name="arguments">The work of the child.</param>
    public static async Task<KeyTrace> RunAsync(string file, string[] wrapper, params string[] arguments)
    {
        // With -y a descriptor is shown with its path. With -x a text that has other bytes than ASCII is shown in hexadecimal, as a whole.
        await using var child = Child.StartAs(
            ["strace", "-f", "-y", "-x", "-s", "100000", "-e", "trace=execve,openat,open,creat,write,pwrite64,writev,pwritev,sendto,sendmsg,fchmod,fchmodat,chmod,fchown,fchownat,rename,renameat,renameat2,linkat", "-o", file, .. wrapper],
            arguments);
        var (exit, text, errors) = await child.EndAsync();
        Assert.True(exit == 0, text + errors);
        return new KeyTrace(Join(File.ReadAllLines(file)));
    }

    /// <summary>How many calls write a private key in PEM.</summary>
    public int PemKeysWritten => Positions(call => IsWrite(call) && call.Contains("PRIVATE KEY-----", StringComparison.Ordinal)).Count;

    /// <summary>A secret text is never written, and on no command line. (Files with it are read, which the trace does not have.)</summary>
    public void AssertNowhere(string secret) => Assert.DoesNotContain(calls, call => call.Contains(secret, StringComparison.Ordinal));

    /// <summary>Secret bytes are never written as they are.</summary>
    public void AssertNeverWritten(byte[] secret)
    {
        var shown = string.Concat(secret.Select(one => $"\\x{one.ToString("x2", CultureInfo.InvariantCulture)}"));
        Assert.DoesNotContain(calls, call => call.Contains(shown, StringComparison.Ordinal));
    }

    /// <summary>In a folder only staged files are written, and locks, with the process and the user that hold them.</summary>
    public void AssertOnlyStagedWritten(string folder) => Assert.All(
        calls.Where(call => IsWrite(call) && call.Contains($"<{folder}/", StringComparison.Ordinal)),
        call => Assert.Matches(@"\.stepcarenew-new>|\.stepcarenew-lock>, ""process \d+ of [^""]*""", call));

    /// <summary>The new content of a target is written once, to a file next to it that has its final rights by then, and that takes its place.</summary>
    /// <param name="target">The file.</param>
    /// <param name="changes">The calls that give the staged file its rights; at least one of each.</param>
    public void AssertStaged(string target, params string[] changes)
    {
        var name = $".{Path.GetFileName(target)}.stepcarenew-new";
        var descriptor = $"<{Path.GetDirectoryName(target)}/{name}>";
        var write = Assert.Single(Positions(call => IsWrite(call) && call.Contains(descriptor, StringComparison.Ordinal)));
        // Created by this process, for its owner alone.
        var creation = calls[Assert.Single(Positions(call => call.Contains("O_CREAT", StringComparison.Ordinal) && call.EndsWith(descriptor, StringComparison.Ordinal)))];
        Assert.Contains("O_EXCL", creation, StringComparison.Ordinal);
        Assert.Matches("O_CREAT[^)]*, 0600\\)", creation);
        // Owner and mode are set before the key is written, and never after it.
        var rights = Positions(call => (call.Contains("chmod", StringComparison.Ordinal) || call.Contains("chown", StringComparison.Ordinal)) && call.Contains(descriptor, StringComparison.Ordinal));
        Assert.All(changes, change => Assert.Contains(rights, at => calls[at].Contains($" {change}(", StringComparison.Ordinal)));
        Assert.All(rights, at => Assert.InRange(at, 0, write));
        Assert.InRange(Assert.Single(Positions(call => call.Contains("rename", StringComparison.Ordinal) && call.Contains($"\"{name}\"", StringComparison.Ordinal))), write, calls.Length);
    }

    // A call that another thread interrupts in the trace is on two lines: "12 write(1 <unfinished ...>", "12 <... write resumed>, 5) = 5".
    private static string[] Join(string[] lines)
    {
        const string unfinished = " <unfinished ...>", resumed = " resumed>";
        var (joined, begun) = (new List<string>(), new Dictionary<string, string>());
        foreach (var line in lines)
        {
            var thread = line.Split(' ')[0];
            if (line.EndsWith(unfinished, StringComparison.Ordinal))
                begun[thread] = line[..^unfinished.Length];
            else if (line[thread.Length..].TrimStart().StartsWith("<... ", StringComparison.Ordinal) && begun.Remove(thread, out var start))
                joined.Add(start + line[(line.IndexOf(resumed, StringComparison.Ordinal) + resumed.Length)..]);
            else
                joined.Add(line);
        }

        return [.. joined];
    }

    private static bool IsWrite(string call) => call.Contains("write", StringComparison.Ordinal) || call.Contains(" send", StringComparison.Ordinal);

    private List<int> Positions(Func<string, bool> matches) => [.. Enumerable.Range(0, calls.Length).Where(index => matches(calls[index]))];
}
