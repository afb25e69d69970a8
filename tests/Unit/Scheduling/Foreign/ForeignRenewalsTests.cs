using StepCaRenew.Accounts;
using StepCaRenew.Scheduling.Foreign;
using StepCaRenew.Scheduling.Linux;

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
        paths = new() { Proc = folder.At("proc"), SystemUnits = folder.At("units"), UnitFolders = [folder.At("units"), folder.At("vendor")], SystemCrontab = folder.At("crontab"), CronFolder = folder.At("cron.d"), CronSpools = [folder.At("spool")] };
    }

    public void Dispose() => folder.Dispose();

    [LinuxTheory]
    [InlineData("step ca renew --daemon {0} web.key")]
    [InlineData("/usr/bin/step ca renew --expires-in 8h {0} web.key --daemon --exec reload")]
    [InlineData("step-cli ca rekey -daemon=true web.crt web.key")]
    [InlineData("step --config c.json ca renew --daemon ./link.crt web.key")]
    [InlineData("step ca renew --daemon --out=web.crt other.crt other.key")]
    [InlineData("step ca renew --daemon -out=web.crt other.crt other.key")]
    [InlineData("step ca renew --daemon --output-file=web.crt other.crt other.key")]
    [InlineData("step ca rekey --daemon --out-cert=web.crt --out-key=new.key other.crt other.key")]
    [InlineData("step ca rekey --daemon --out-cert=other.crt --out-key=web.crt other.crt other.key")]
    [InlineData("step ca renew --daemon=1 {0} web.key")]
    [InlineData("step ca renew --daemon=t {0} web.key")]
    [InlineData("step ca renew --daemon=T {0} web.key")]
    [InlineData("step ca renew --daemon=True {0} web.key")]
    [InlineData("step ca renew -daemon=TRUE {0} web.key")]
    public void Find_DaemonOfTheSameFile_IsFound(string command)
    {
        File.CreateSymbolicLink(folder.At("link.crt"), certificate);
        Process("77", command);
        Assert.Contains("process 77 (step ca renew --daemon)", Assert.Single(Find()), StringComparison.Ordinal);
    }

    [LinuxTheory]
    [InlineData("step ca renew {0} web.key")]
    [InlineData("step ca renew --daemon other.crt other.key")]
    [InlineData("step ca renew --daemon=false {0} web.key")]
    [InlineData("step ca renew --daemon=0 {0} web.key")]
    [InlineData("sudo step ca renew --daemon {0} web.key")]
    [InlineData("step ca certificate --daemon {0} web.key")]
    [InlineData("less ca renew --daemon {0}")]
    [InlineData("")]
    public void Find_OtherProcesses_AreNotFound(string command)
    {
        Process("77", command);
        Directory.CreateDirectory(folder.At("proc/78"));
        folder.Write("proc/uptime", "1");
        Assert.Empty(Find());
    }

    [LinuxTheory]
    [InlineData("step ca renew {0} web.key", "STEP_DAEMON=true", "{{}}", true)]
    [InlineData("step ca renew {0} web.key", "STEP_DAEMON=0", "{{}}", false)]
    [InlineData("step ca renew --daemon=false {0} web.key", "STEP_DAEMON=1", "{{}}", false)]
    [InlineData("step ca renew {0} web.key", "STEPPATH={1}/step", "{{ \"daemon\": true }}", true)]
    [InlineData("step ca renew {0} web.key", "STEPPATH=step", "{{ \"daemon\": \"1\" }}", true)]
    [InlineData("step ca renew {0} web.key", "STEPPATH={1}/step", "{{ \"daemon\": false }}", false)]
    [InlineData("step ca renew {0} web.key", "STEPPATH={1}/step", "not json", false)]
    [InlineData("step ca renew --daemon=f {0} web.key", "STEPPATH={1}/step", "{{ \"daemon\": true }}", false)]
    [InlineData("step ca renew {0} web.key", "STEP_DAEMON=false STEPPATH={1}/step", "{{ \"daemon\": true }}", false)]
    public void Find_DaemonByEnvironmentOrConfiguration_IsFound(string command, string environment, string defaults, bool isFound)
    {
        Process("77", command);
        folder.Write("proc/77/environ", string.Format(environment, certificate, folder.Path).Replace(' ', '\0') + '\0');
        Directory.CreateDirectory(folder.At("step/config"));
        folder.Write("step/config/defaults.json", string.Format(defaults));
        Assert.Equal(isFound ? 1 : 0, Find().Count);
        Assert.Equal(isFound ? 1 : 0, new ForeignRenewals(paths).FindDaemons(certificate).Count);
    }

    [LinuxTheory]
    [InlineData("crontab", "*/5 * * * * root step ca renew --force --expires-in 4h {0} web.key")]
    [InlineData("cron.d/step", "@hourly root /usr/bin/step-cli ca rekey -f '{0}' web.key >/dev/null 2>&1")]
    [InlineData("cron.d/step", "0 3 * * * root cd {1} && sudo -u web step ca renew web.crt web.key; systemctl reload nginx")]
    [InlineData("spool/root", "0 * * * * flock /tmp/lock step ca renew --force {0} web.key")]
    [InlineData("spool/root", "0 * * * * cd {1}; step ca renew --force --out=web.crt other.crt other.key")]
    public void Find_CronLineOfTheSameFile_IsFound(string crontab, string line)
    {
        Write(crontab, "# a comment\nMAILTO=root\n\n" + string.Format(line, certificate, folder.Path) + "\n");
        Assert.Contains($"A line of '{folder.At(crontab)}'", Assert.Single(Find()), StringComparison.Ordinal);
        Assert.Empty(new ForeignRenewals(paths).FindDaemons(certificate));
    }

    [LinuxTheory]
    [InlineData("crontab", "# */5 * * * * root step ca renew {0} web.key")]
    [InlineData("crontab", "*/5 * * * * root step ca renew other.crt web.key")]
    [InlineData("crontab", "*/5 * * * * root step certificate inspect {0}")]
    [InlineData("cron.d/x", "*/5 * * * * root step ca renew other.crt other.key > {0}")]
    [InlineData("cron.d/x", "*/5 * * * * root step ca renew other.crt other.key && cp other.crt {0}")]
    [InlineData("cron.d/x", "*/5 * * * * root pwsh -c Invoke-StepRenewal {0}")]
    public void Find_OtherCronLines_AreNotFound(string crontab, string line)
    {
        Write(crontab, string.Format(line, certificate) + "\n");
        Assert.Empty(Find());
    }

    [LinuxFact]
    public void Find_CronLineWithARelativePath_StartsAtTheHomeOfItsAccount()
    {
        var home = LinuxUser.Current()!;
        var name = $"stepcarenew-test-{Guid.NewGuid():N}.crt";
        var file = Path.Combine(home.Home, name);
        File.WriteAllText(file, "x");
        try
        {
            Write("cron.d/step", $"*/5 * * * * {home.Name} step ca renew {name} web.key\n");
            Assert.Single(new ForeignRenewals(paths).Find(file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [LinuxFact]
    public void Find_DaemonWithAHiddenFolder_IsFoundByItsFullPath()
    {
        Process("77", "step ca renew --daemon {0} web.key");
        File.Delete(folder.At("proc/77/cwd"));
        Assert.Single(Find());
        Process("78", "step ca renew --daemon web.crt web.key");
        File.Delete(folder.At("proc/78/cwd"));
        Assert.Single(Find());
    }

    [LinuxFact]
    public void Find_NewFile_HasNoOtherRenewals() => Assert.Empty(new ForeignRenewals().Find(certificate));

    [LinuxFact]
    public void Find_TimerWithADropIn_IsFoundByItsCertificate()
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
    public void Find_TimerOfAPackagedTemplate_IsFoundByItsInstance()
    {
        Directory.CreateDirectory(folder.At("vendor"));
        folder.Write("vendor/cert-renewer@.service", $"[Service]\nEnvironment=CERT_LOCATION={folder.Path}/%I.crt\n");
        Enable(@"we\x62");
        Assert.Single(Find());
    }

    [LinuxFact]
    public void Find_DisabledTimer_IsNotFound()
    {
        folder.Write("units/cert-renewer@.service", $"[Service]\nEnvironment=CERT_LOCATION={certificate}\n");
        folder.Write("units/cert-renewer@web.timer", "[Timer]\n");
        Assert.Empty(Find());
        Enable("web");
        Assert.Single(Find());
    }

    private IReadOnlyList<string> Find() => new ForeignRenewals(paths).Find(certificate);

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder.At(name))!);
        folder.Write(name, text);
    }

    private void Enable(string instance) => File.CreateSymbolicLink(folder.At($"units/timers.target.wants/cert-renewer@{instance}.timer"), "/etc/systemd/system/cert-renewer@.timer");

    private void Process(string id, string command)
    {
        Directory.CreateDirectory(folder.At($"proc/{id}"));
        folder.Write($"proc/{id}/cmdline", string.Format(command, certificate).Replace(' ', '\0') + '\0');
        File.CreateSymbolicLink(folder.At($"proc/{id}/cwd"), folder.Path);
    }
}
