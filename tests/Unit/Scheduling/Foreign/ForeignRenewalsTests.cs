using StepCaRenew.Scheduling.Foreign;
using StepCaRenew.Scheduling.Linux;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Scheduling.Foreign;

public sealed class ForeignRenewalsTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly string certificate;
    private readonly LinuxPaths paths;

    public ForeignRenewalsTests()
    {
        certificate = folder.Write("web.crt", "x");
        Directory.CreateDirectory(folder.At("proc"));
        Directory.CreateDirectory(folder.At("units/timers.target.wants"));
        paths = new() { Proc = folder.At("proc"), SystemUnits = folder.At("units"), UnitFolders = [folder.At("units"), folder.At("vendor")] };
    }

    public void Dispose() => folder.Dispose();

    [LinuxTheory]
    [InlineData("step ca renew --daemon {0} web.key")]
    [InlineData("/usr/bin/step ca renew --expires-in 8h {0} web.key --daemon --exec reload")]
    [InlineData("step-cli ca rekey -daemon=true web.crt web.key")]
    [InlineData("step --config c.json ca renew --daemon ./link.crt web.key")]
    [InlineData("step ca renew --daemon --out=web.crt other.crt other.key")]
    public void Daemon_OnTheSameFile_IsFound(string command)
    {
        File.CreateSymbolicLink(folder.At("link.crt"), certificate);
        Process("77", command);
        Assert.Contains("process 77 (step ca renew --daemon)", Assert.Single(Find()), StringComparison.Ordinal);
    }

    [LinuxTheory]
    [InlineData("step ca renew {0} web.key")]
    [InlineData("step ca renew --daemon other.crt other.key")]
    [InlineData("step ca certificate --daemon {0} web.key")]
    [InlineData("less ca renew --daemon {0}")]
    [InlineData("")]
    public void Others_AreNot(string command)
    {
        Process("77", command);
        Directory.CreateDirectory(folder.At("proc/78"));
        folder.Write("proc/uptime", "1");
        Assert.Empty(Find());
    }

    [LinuxFact]
    public void Daemon_WhoseFolderIsHidden_IsFoundByAFullPath()
    {
        Process("77", "step ca renew --daemon {0} web.key");
        File.Delete(folder.At("proc/77/cwd"));
        Assert.Single(Find());
        Process("78", "step ca renew --daemon web.crt web.key");
        File.Delete(folder.At("proc/78/cwd"));
        Assert.Single(Find());
    }

    [LinuxFact]
    public void ThisMachine_HasNoneForAFileOfThisTest() => Assert.Empty(new ForeignRenewals().Find(certificate));

    [LinuxFact]
    public void Timer_BesideADropIn_IsFoundByItsCertificate()
    {
        Enable("web");
        folder.Write("units/cert-renewer@.service", "[Service]\nEnvironment=STEPPATH=/etc/step-ca \\\n            CERT_LOCATION=/etc/step/certs/%i.crt \\\n            KEY_LOCATION=/etc/step/certs/%i.key\n");
        Assert.Empty(Find());
        Directory.CreateDirectory(folder.At("units/cert-renewer@web.service.d"));
        folder.Write("units/cert-renewer@web.service.d/override.conf", $"[Service]\nEnvironment=\"CERT_LOCATION={certificate}\"\n");
        var found = Assert.Single(Find());
        Assert.Contains("systemctl disable --now cert-renewer@web.timer", found, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void Timer_OfATemplateInThePackagesFolder_IsFoundByItsInstance()
    {
        Directory.CreateDirectory(folder.At("vendor"));
        folder.Write("vendor/cert-renewer@.service", $"[Service]\nEnvironment=CERT_LOCATION={folder.Path}/%I.crt\n");
        Enable(@"we\x62");
        Assert.Single(Find());
    }

    [LinuxFact]
    public void Timer_ThatIsNotEnabled_IsNone()
    {
        folder.Write("units/cert-renewer@.service", $"[Service]\nEnvironment=CERT_LOCATION={certificate}\n");
        folder.Write("units/cert-renewer@web.timer", "[Timer]\n");
        Assert.Empty(Find());
        Enable("web");
        Assert.Single(Find());
    }

    private IReadOnlyList<string> Find() => new ForeignRenewals(paths).Find(certificate);

    private void Enable(string instance) => File.CreateSymbolicLink(folder.At($"units/timers.target.wants/cert-renewer@{instance}.timer"), "/etc/systemd/system/cert-renewer@.timer");

    private void Process(string id, string command)
    {
        Directory.CreateDirectory(folder.At($"proc/{id}"));
        folder.Write($"proc/{id}/cmdline", string.Format(command, certificate).Replace(' ', '\0') + '\0');
        File.CreateSymbolicLink(folder.At($"proc/{id}/cwd"), folder.Path);
    }
}
