using System.Text;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FileSystem;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.FollowUps.Notifiers;
using StepCaRenew.FollowUps.Publications;
using StepCaRenew.Policy;
using StepCaRenew.Registration;
using StepCaRenew.Scheduling;
using StepCaRenew.Servers;
using StepCaRenew.Stores.WindowsStore;

namespace StepCaRenew.Unit.Registration;

public sealed class DefinitionRenderTests
{
    [Fact]
    public void Render_DefaultValues_AreOmitted() => Assert.Equal(
        """
        {
          "$schema": "../renewal.schema.json",
          "name": "web",
          "scope": "Machine",
          "certificate": "/etc/ssl/wéb \"1\".crt"
        }

        """,
        Encoding.UTF8.GetString(DefinitionFormat.Render(new() { Name = "web", CertificatePath = "/etc/ssl/wéb \"1\".crt" })));

    [Fact]
    public void Render_AnyPlatform_HasOnlyLineFeeds()
    {
        Assert.DoesNotContain((byte)'\r', DefinitionFormat.Render(new() { Name = "web", CertificatePath = "/a" }));
        Assert.DoesNotContain((byte)'\r', StateFormat.Render(new() { LastErrorMessage = "one\r\ntwo" }));
        Assert.Equal("one two", StateFormat.Parse(StateFormat.Render(new() { LastErrorMessage = "one\r\ntwo" }))!.LastErrorMessage);
    }

    [Fact]
    public void Read_RenderedDefinition_IsEquivalent_AndMatchesTheSchema()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var round = 0; round < 500; round++)
        {
            var definition = Any(random);
            var bytes = DefinitionFormat.Render(definition);
            var again = DefinitionFormat.Read("web", new InputFile("web.json", bytes, default));
            Assert.True(definition.IsEquivalentTo(again), $"seed {seed}, round {round}: {Encoding.UTF8.GetString(bytes)}");
            Assert.Equal(definition.Actions.Select(action => action.Hash), again.Actions.Select(action => action.Hash));
            Assert.Equal(definition.Publications, again.Publications);
            Assert.True(SchemaCheck.Accepts(Encoding.UTF8.GetString(bytes)), $"seed {seed}, round {round}: {Encoding.UTF8.GetString(bytes)}");
        }
    }

    [Fact]
    public void IsEquivalentTo_OtherValue_IsFalse()
    {
        var definition = new RenewalDefinition { Name = "web", CertificatePath = "/a" };
        Assert.False(definition.IsEquivalentTo(null));
        Assert.False(definition.IsEquivalentTo(definition with { Rekey = true }));
        Assert.False(definition.IsEquivalentTo(definition with { Actions = [new ScriptAction("/a.ps1")] }));
        Assert.True(definition.IsEquivalentTo(definition with { Rule = RenewalRule.Default }));
    }

    private static RenewalDefinition Any(Random random)
    {
        T? Maybe<T>(Func<T> make) where T : class => random.Next(2) == 0 ? null : make();
        TimeSpan? Time() => random.Next(2) == 0 ? null : TimeSpan.FromTicks(random.NextInt64(1, TimeSpan.FromDays(random.Next(1, 90)).Ticks));
        string Text() => string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => (char)random.Next(' ', 0x24F)).Where(one => !char.IsControl(one)).Append('x'));
        string Folder() => OperatingSystem.IsWindows() ? @"C:\" + Text().Replace('/', 'x').Replace(':', 'x').TrimEnd('.', ' ') : "/" + Text();
        ActionDefinition Action() => random.Next(5) switch
        {
            0 => new CommandAction(Path.GetFullPath(Folder()), [.. Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(4) == 0 ? string.Empty : Text() + "\n")]),
            1 => new ScriptAction(Path.GetFullPath(Folder())),
            2 => new SignalAction("HUP", Path.GetFullPath(Folder())),
            _ => new ServiceAction(Text(), random.Next(2) == 0),
        };
        Publication Form() => random.Next(8) switch
        {
            7 => new StorePublication(CertificateStoreName.Parse(random.Next(2) == 0 ? @"LocalMachine\My" : @"CurrentUser\WebHosting"))
            {
                FriendlyName = Maybe(Text), GrantRead = [.. Enumerable.Range(0, random.Next(3)).Select(_ => Text())],
                KeyProvider = (KeyProvider)random.Next(2), RemoveOld = random.Next(2) == 0,
            },
            0 => new PfxPublication(Path.GetFullPath(Folder())) { PasswordFile = Path.GetFullPath(Folder()), Encryption = (PfxEncryption)random.Next(2) },
            1 => new PemPublication(PemForm.Key, Path.GetFullPath(Folder())) { Format = new[] { KeyFormat.Pkcs8, KeyFormat.Pkcs1, KeyFormat.Sec1 }[random.Next(3)] },
            _ => new PemPublication((PemForm)random.Next(5), Path.GetFullPath(Folder())),
        };
        Notifier Notifier() => new(random.Next(3) switch
        {
            0 => new CommandAction(Path.GetFullPath(Folder()), [.. Enumerable.Range(0, random.Next(3)).Select(_ => Text())]),
            1 => new ScriptAction(Path.GetFullPath(Folder())),
            _ => WebhookAction.ToAddressIn(Path.GetFullPath(Folder())),
        });
        var isRekey = random.Next(2) == 0;
        IReadOnlyList<ServerAddress> servers = [.. Enumerable.Range(0, random.Next(3)).Select(index => ServerAddress.Parse($"smtp://host{index}:{random.Next(1, 65536)}"))];
        var account = Maybe(Text);
        var one = new RenewalDefinition
        {
            Name = "web",
            Scope = (RenewalScope)random.Next(2),
            CertificatePath = Path.GetFullPath(Folder()),
            KeyPath = Maybe(() => Path.GetFullPath(Folder())),
            KeyPasswordFile = Maybe(() => Path.GetFullPath(Folder())),
            Ca = new CaOptions
            {
                CaUrl = Maybe(() => "https://ca.example.com:9000"),
                RootPath = Maybe(() => Path.GetFullPath(Folder())),
                Fingerprint = Maybe(() => new string("0123456789abcdefABCDEF"[random.Next(22)], 64)),
                StepPath = Maybe(() => Path.GetFullPath(Folder())),
                Context = Maybe(Text),
                Transport = (Transport)random.Next(3),
            },
            Rule = random.Next(3) switch { 0 => RenewalRule.Default, 1 => new RenewalRule.ExpiresIn(Time() ?? TimeSpan.FromHours(8)), _ => new RenewalRule.ElapsedPercent(random.Next(1, 1000) / 10.0 is var percent && percent < 100 ? percent : 66) },
            Publications = [.. Enumerable.Range(0, random.Next(4)).Select(_ => Form()).DistinctBy(one => one.Path)],
            Rekey = isRekey,
            KeyAlgorithm = isRekey ? Maybe(() => KeyAlgorithms.Names[random.Next(KeyAlgorithms.Names.Count)]) : null,
            Interval = random.Next(2) == 0 ? null : ScheduleInterval.All[random.Next(ScheduleInterval.All.Count)],
            RunAs = account,
            RunAsSid = account is null ? null : Maybe(() => $"S-1-5-21-{random.Next()}-{random.Next()}-1001"),
            Scheduler = Maybe(() => SchedulerKind.Cron),
            PwshPath = Maybe(() => Path.GetFullPath(Folder())),
            ModulePath = Maybe(() => Path.GetFullPath(Folder())),
            Actions = [.. Enumerable.Range(0, random.Next(4)).Select(_ => Action())],
            OnFailure = [.. Enumerable.Range(0, random.Next(4)).Select(_ => Notifier())],
            ActionTimeout = Time(),
            ServedBy = servers,
            ServedTimeout = servers.Count > 0 ? Time() : null,
            LockTimeout = Time(),
            RetryTimeout = Time(),
            HealthCheckUriFile = Maybe(() => Path.GetFullPath(Folder())),
            LogPath = Maybe(() => Path.GetFullPath(Folder())),
            MetricsPath = Maybe(() => Path.GetFullPath(Folder()) + ".prom"),
        };
        return random.Next(3) > 0 ? one : one with
        {
            CertificatePath = string.Empty,
            KeyPath = null,
            Publications = [],
            Certificates = new()
            {
                Path = Path.GetFullPath(Folder()), Exclude = [.. Enumerable.Range(0, random.Next(3)).Select(_ => Text())], Recurse = random.Next(2) == 0, FollowSymlink = random.Next(2) == 0,
            },
        };
    }
}
