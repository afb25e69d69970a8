using StepCaRenew.Ca.Configuration;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.FollowUps.Notifiers;
using StepCaRenew.FollowUps.Publications;
using StepCaRenew.Policy;
using StepCaRenew.Registration;
using StepCaRenew.Servers;

namespace StepCaRenew.Unit.Registration;

public sealed class DefinitionChangesTests
{
    private static readonly RenewalDefinition Full = new()
    {
        Name = "web",
        CertificatePath = "/etc/ssl/web.crt",
        KeyPath = "/etc/ssl/web.key",
        KeyPasswordFile = "/etc/ssl/web.pass",
        Ca = new() { Transport = Transport.Token },
        Rule = new RenewalRule.ExpiresIn(TimeSpan.FromHours(8)),
        Interval = TimeSpan.FromMinutes(5),
        RunAs = "web",
        LockTimeout = TimeSpan.FromSeconds(7),
        HealthCheckUriFile = "/etc/stepcarenew/renewals/web.health-check",
        LogPath = "/var/log/web.log",
        Publications = [new PfxPublication("/p/web.pfx") { PasswordFile = "/p/pass" }, new PemPublication(PemForm.Key, "/p/key.pem") { Format = KeyFormat.Sec1 }],
        Actions = [new CommandAction("/usr/sbin/nginx", ["-s", "s3cret"]), new ServiceAction("nginx", IsReload: true), new SignalAction("HUP", "/run/a.pid")],
    };

    [Fact]
    public void Between_OmittedParameter_IsDropped_AndSecretsAreNotShown()
    {
        var changes = DefinitionChanges.Between(Full, new RenewalDefinition { Name = "web", CertificatePath = Full.CertificatePath, KeyPath = Full.KeyPath });
        Assert.Equal(
            [
                "-Interval 5m", "-UserId web", "-HealthCheckUri", "-KeyPasswordFile /etc/ssl/web.pass", "-Transport Token", "-ExpiresIn 8h", "-LockTimeout 7s", "-LogPath /var/log/web.log",
                "-PfxPath /p/web.pfx -PfxPasswordFile /p/pass -PfxEncryption Aes256", "-KeyOutPath /p/key.pem -KeyFormat Sec1",
                "-FilePath /usr/sbin/nginx with 2 arguments", "-ReloadService nginx", "-Signal HUP -PidFile /run/a.pid",
            ],
            changes.Dropped);
        Assert.Empty(changes.Changed);
    }

    [Fact]
    public void Between_FoldersOfCertificates_NamesTheParameters()
    {
        var before = new RenewalDefinition { Name = "all", Certificates = new() { Path = "/etc/ssl/mine", Exclude = ["old.crt", "both"], Recurse = true } };
        var after = before with { Certificates = new() { Path = "/etc/ssl/*.crt", Exclude = ["both", "new.crt"] } };
        var changes = DefinitionChanges.Between(before, after);
        Assert.Equal(["-Recurse", "-Exclude old.crt"], changes.Dropped);
        Assert.Equal(["-CertificatePath /etc/ssl/*.crt instead of /etc/ssl/mine", "-Exclude new.crt is added"], changes.Changed);
    }

    [Fact]
    public void Between_OtherServers_NamesThem()
    {
        var before = Full with { ServedBy = [ServerAddress.Parse("https://old"), ServerAddress.Parse("https://both")] };
        var changes = DefinitionChanges.Between(before, Full with { ServedBy = [ServerAddress.Parse("https://both"), ServerAddress.Parse("imap://new")] });
        Assert.Equal(["-ServedBy https://old:443"], changes.Dropped);
        Assert.Equal(["-ServedBy imap://new:143 is added"], changes.Changed);
    }

    [Fact]
    public void Between_OtherNotifiers_NamesThem_WithoutArguments()
    {
        Notifier file = new(WebhookAction.ToAddressIn("/etc/chat.url")), program = new(new CommandAction("/usr/bin/mail", ["s3cret"]));
        var before = Full with { OnFailure = [file, program] };
        Assert.Equal(["-OnFailure FilePath /usr/bin/mail with 1 argument"], DefinitionChanges.Between(before, Full with { OnFailure = [file] }).Dropped);
        Assert.Equal(["-OnFailure UriFile /etc/chat.url is added"], DefinitionChanges.Between(Full with { OnFailure = [program] }, before).Changed);
        Assert.Empty(DefinitionChanges.Between(before, before).All);
    }

    [Fact]
    public void Between_OtherNameOfTheSameAccount_IsEmpty()
    {
        var registered = Full with { RunAs = @"CORP\svc", RunAsSid = "S-1-5-21-1-2-3-1105" };
        Assert.Empty(DefinitionChanges.Between(registered, registered with { RunAs = @"CORP\renamed" }).All);
        Assert.NotEmpty(DefinitionChanges.Between(registered, registered with { RunAs = @"CORP\other", RunAsSid = "S-1-5-21-1-2-3-1106" }).All);
    }

    [Fact]
    public void Between_NewOrOtherValues_AreChanged_AndNothingIsDropped()
    {
        var changes = DefinitionChanges.Between(Full, Full with { Rekey = true, Interval = TimeSpan.FromMinutes(1), Publications = [.. Full.Publications, new PemPublication(PemForm.Chain, "/p/chain.pem")], Actions = [.. Full.Actions, new ServiceAction("haproxy", IsReload: false)] });
        Assert.Equal(["-Interval 1m instead of 5m", "-Rekey is added", "-ChainPath /p/chain.pem is added", "-RestartService haproxy is added"], changes.Changed);
        Assert.Empty(changes.Dropped);
        Assert.Equal(["Interval", "Rekey", "ChainPath", "RestartService"], changes.Properties);
    }

    [Fact]
    public void Properties_AreTheNamesOfParameters()
    {
        Assert.Equal(["Fingerprint", "Pwsh"], DefinitionChanges.Between(Full, Full with { Ca = Full.Ca with { Fingerprint = new string('A', 64) }, PwshPath = "/usr/local/bin/pwsh" }).Properties.Order());
        Assert.Equal(["Actions"], DefinitionChanges.Between(Full, Full with { Actions = [.. Full.Actions.Reverse()] }).Properties);
    }

    [Fact]
    public void Between_OtherArguments_IsAnotherAction()
    {
        var changes = DefinitionChanges.Between(Full, Full with { Actions = [new CommandAction("/usr/sbin/nginx", []), .. Full.Actions.Skip(1)] });
        Assert.Equal(["-FilePath /usr/sbin/nginx with 2 arguments"], changes.Dropped);
        Assert.Equal(["-FilePath /usr/sbin/nginx is added"], changes.Changed);
    }

    [Fact]
    public void Between_EqualDefinitions_IsEmpty_ButNotForAnotherOrder()
    {
        Assert.Empty(DefinitionChanges.Between(Full, Full with { }).All);
        Assert.Equal(["the order of the actions changes"], DefinitionChanges.Between(Full, Full with { Actions = [.. Full.Actions.Reverse()] }).All);
    }
}
