using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using StepCaRenew.FileSystem;
using StepCaRenew.Processes;

namespace StepCaRenew.Ca.Trust;

/// <summary>The trusted root certificates of a Linux distribution: a folder of anchors, and the program that reads it.</summary>
internal sealed class LinuxAnchors : TrustStore
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(2);

    // Of Debian and Ubuntu, and of Red Hat, Fedora and Rocky.
    private static readonly (string Folder, string Program, string[] Arguments)[] Known =
    [
        ("/usr/local/share/ca-certificates", "update-ca-certificates", []),
        ("/etc/pki/ca-trust/source/anchors", "update-ca-trust", ["extract"]),
    ];

    private readonly string folder;
    private readonly string program;
    private readonly string[] arguments;
    private readonly TimeProvider clock;

    private LinuxAnchors(string folder, string program, string[] arguments, TimeProvider clock) =>
        (this.folder, this.program, this.arguments, this.clock) = (folder, program, arguments, clock);

    /// <summary>The programs that are known.</summary>
    public static IEnumerable<string> Programs => Known.Select(one => one.Program);

    /// <inheritdoc/>
    public override string Name => $"the machine's trusted root certificates ('{folder}')";

    /// <summary>Those of this machine; null if it has none that is known.</summary>
    public static LinuxAnchors? Find(TimeProvider clock) => OperatingSystem.IsLinux()
        ? Known.Where(one => Directory.Exists(one.Folder)).Select(one => (one.Folder, Program: ProgramFinder.Find(one.Program), one.Arguments))
            .Where(one => one.Program is not null).Select(one => new LinuxAnchors(one.Folder, one.Program!, one.Arguments, clock)).FirstOrDefault()
        : null;

    /// <inheritdoc/>
    public override async Task AddAsync(X509Certificate2 root, CancellationToken cancellationToken)
    {
        // Debian's program reads only names that end with .crt.
        var path = Path.Combine(folder, $"step-ca-{RootFingerprint.Compute(root)[..16]}.crt");
        var isNew = AtomicFile.Write(path, Encoding.ASCII.GetBytes(root.ExportCertificatePem() + "\n"), isPrivate: false);
        try
        {
            await UpdateAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (isNew && e is RenewalException or OperationCanceledException)
        {
            AtomicFile.Delete(path);
            throw;
        }
    }

    private async Task UpdateAsync(CancellationToken cancellationToken)
    {
        var output = new OutputTail();
        using var limit = new CancellationTokenSource(TimeLimit, clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = "/" };
            var exitCode = await RunningProgram.RunAsync(start, default, output.ReadAsync, output.ReadAsync, clock, end.Token).ConfigureAwait(false);
            if (exitCode != 0)
                throw Failed($"ended with exit code {exitCode}: {OutputCleaner.LastLine(output.ToString())}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed($"did not end within {TimeLimit.TotalSeconds:0} s and was killed");
        }
        catch (IOException e)
        {
            throw Failed($"cannot be started: {e.Message}", e);
        }
    }

    private RenewalException Failed(string what, Exception? e = null) => new(
        ErrorId.TrustStoreFailed, $"The root certificate was not added to {Name}: {program} {what}.", $"Run {program} by hand to see what is wrong, or leave out -InstallRoot.", e);
}
