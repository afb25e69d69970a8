using System.Text;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.FileSystem;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.FollowUps.Publications;
using StepCaRenew.Policy;
using StepCaRenew.Registration;

namespace StepCaRenew.Unit.Registration;

public sealed class DefinitionReadTests
{
    private static readonly string Root = OperatingSystem.IsWindows() ? "C:/" : "/";

    [Fact]
    public void Read_AllProperties_AreRead()
    {
        var definition = Read("""
            {
              // People write comments,
              "$schema": "../renewal.schema.json",
              "name": "WEB",
              "certificate": "/etc/ssl/web.crt",
              "key": "/etc/ssl/web.key",
              "keyPasswordFile": "/etc/ssl/web.pass",
              "ca": { "url": "https://ca.example.com:9000", "root": "/etc/root.crt",
                      "fingerprint": "AB00000000000000000000000000000000000000000000000000000000000000",
                      "stepPath": "/root/.step", "context": "prod", "useToken": true },
              "when": { "expiresIn": "8h" },
              "rekey": true, "keyAlgorithm": "EC-P384",
              "interval": "30m", "runAs": "svc", "scheduler": "Cron", "pwsh": "/usr/bin/pwsh", "module": "/opt/Modules/StepCaRenew",
              "publications": [
                { "pfx": "/p/web.pfx", "passwordFile": "/p/pass", "encryption": "TripleDes" },
                { "pfx": "/p/new.pfx", "passwordFile": "/p/pass" },
                { "bundle": "/p/web.pem" },
                { "chain": "/p/chain.pem" },
                { "leaf": "/p/leaf.pem" },
                { "root": "/p/root.pem" },
                { "key": "/p/key.pem" },
                { "key": "/p/ec.pem", "format": "Sec1" },
              ],
              "actions": [
                { "run": "/usr/sbin/nginx", "arguments": ["-s", "", "line\nend"] },
                { "script": "/opt/a.ps1" },
                { "signal": "SIGUSR1", "pidFile": "/run/a.pid" },
                { "pidFile": "/run/b.pid" },
                { "reloadService": "nginx" },
                { "restartService": "postfix" },
              ],
              "servedBy": ["https://web.example.com", "[::1]:8443", "smtp://mail.example.com:587"], "servedTimeout": "2m",
              "actionTimeout": "5m", "lockTimeout": "0s", "retryTimeout": "1m30s",
              "healthCheckUriFile": "/etc/hc", "logPath": "/var/log/web.log", "metricsPath": "/var/lib/metrics/web.prom", /* and trailing commas */
            }
            """);
        Assert.Equal("web", definition.Name);
        Assert.Equal(Full("/etc/ssl/web.crt"), definition.CertificatePath);
        Assert.Equal(Full("/etc/ssl/web.key"), definition.KeyPath);
        Assert.Equal(Full("/etc/ssl/web.pass"), definition.KeyPasswordFile);
        Assert.Equal(("https://ca.example.com:9000", Full("/etc/root.crt"), Full("/root/.step"), "prod"), (definition.Ca.CaUrl, definition.Ca.RootPath, definition.Ca.StepPath, definition.Ca.Context));
        Assert.True(definition.Ca.Transport == Transport.Token);
        Assert.Equal(new RenewalRule.ExpiresIn(TimeSpan.FromHours(8)), definition.Rule);
        Assert.True(definition.Rekey);
        Assert.Equal(("EC-P384", TimeSpan.FromMinutes(30), "svc", "Cron"), (definition.KeyAlgorithm, definition.Interval, definition.RunAs, definition.Scheduler));
        Assert.Equal(
            [
                new PfxPublication(Full("/p/web.pfx")) { PasswordFile = Full("/p/pass"), Encryption = PfxEncryption.TripleDes }, new PfxPublication(Full("/p/new.pfx")) { PasswordFile = Full("/p/pass") },
                new PemPublication(PemForm.Bundle, Full("/p/web.pem")), new PemPublication(PemForm.Chain, Full("/p/chain.pem")), new PemPublication(PemForm.Leaf, Full("/p/leaf.pem")),
                new PemPublication(PemForm.Root, Full("/p/root.pem")), new PemPublication(PemForm.Key, Full("/p/key.pem")), new PemPublication(PemForm.Key, Full("/p/ec.pem")) { Format = KeyFormat.Sec1 },
            ],
            definition.Publications);
        Assert.Collection(
            definition.Actions,
            action => Assert.Equal(["-s", "", "line\nend"], Assert.IsType<CommandAction>(action).ArgumentList),
            action => Assert.Equal(new ScriptAction(Full("/opt/a.ps1")), action),
            action => Assert.Equal(new SignalAction("SIGUSR1", Full("/run/a.pid")), action),
            action => Assert.Equal(new SignalAction("HUP", Full("/run/b.pid")), action),
            action => Assert.Equal(new ServiceAction("nginx", IsReload: true), action),
            action => Assert.Equal(new ServiceAction("postfix", IsReload: false), action));
        Assert.Equal(["https://web.example.com:443", "tls://[::1]:8443", "smtp://mail.example.com:587"], definition.ServedBy.Select(server => server.Text));
        Assert.Equal(TimeSpan.FromMinutes(2), definition.ServedTimeout);
        Assert.Equal((TimeSpan.FromMinutes(5), TimeSpan.Zero, TimeSpan.FromSeconds(90)), (definition.ActionTimeout, definition.LockTimeout, definition.RetryTimeout));
        Assert.Equal((Full("/etc/hc"), Full("/var/log/web.log"), Full("/var/lib/metrics/web.prom")), (definition.HealthCheckUriFile, definition.LogPath, definition.MetricsPath));
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public void Read_EncodingsOfPowerShell_AreRead(string encoding)
    {
        var bytes = Encoding.GetEncoding(encoding);
        Assert.Equal(Full("/é.crt"), DefinitionFormat.Read("web", new InputFile("web.json", [.. bytes.GetPreamble(), .. bytes.GetBytes(Rooted("""{"certificate": "/é.crt"}""").ReplaceLineEndings("\r\n"))], default)).CertificatePath);
    }

    /// <summary>Text, line, property, and what the message must say.</summary>
    public static TheoryData<string, int, string, string> Broken => new()
    {
        { "", 1, "", "" },
        { "[]", 1, "", "a list instead of an object" },
        { "{", 1, "", "" },
        { "{ \"certificate\": \"/a\",\n\"onFailure\": [\n{ \"run\": \"/x\", \"uriFile\": \"/y\" } ] }", 3, "onFailure[0]", "exactly one of run, script and uriFile" },
        { "{ \"certificate\": \"/a\",\n\"onFailure\": [\n{ \"script\": \"/x\", \"arguments\": [] } ] }", 3, "onFailure[0]", "for 'run' alone" },
        { "{ \"certificate\": \"/a\",\n\"onFailure\": [\n{ \"uri\": \"https://s3cret\" } ] }", 3, "onFailure[0].uri", "no such property" },
        { "{ \"certificate\": \"/a\",\n\"onFailure\": [\n{ \"uriFile\": \"relative\" } ] }", 3, "onFailure[0].uriFile", "not a full path" },
        { "{ \"certificate\": \"/a\",\n\"onFailure\": [\n{ \"reloadService\": \"nginx\" } ] }", 3, "onFailure[0].reloadService", "no such property" },
        { "{\n \"certificate\": \"/a\"\n} x", 3, "", "" },
        { "{\n \"certificate\": \"/a\" \"key\": 1 }", 2, "", "" },
        { "{}", 1, "", "'certificate' is missing" },
        { "{ \"certificate\": \"/a\",\n \"certificates\": { \"path\": \"/b\" } }", 2, "certificates", "exclude each other" },
        { "{\n \"certificates\": { } }", 2, "certificates", "'path' is missing" },
        { "{ \"certificates\":\n { \"path\": \"b\" } }", 2, "certificates.path", "not a full path" },
        { "{ \"certificates\": { \"path\": \"/b\",\n \"recursive\": true } }", 2, "certificates.recursive", "" },
        { "{ \"certificates\": { \"path\": \"/b\" },\n \"key\": \"/b/a.key\" }", 2, "key", "several certificates" },
        { "{ \"certificates\": { \"path\": \"/b\" },\n \"publications\": [ { \"bundle\": \"/p/a.pem\" } ] }", 2, "publications", "overwrite each other" },
        { "{\n\n \"certificate\": 7 }", 3, "certificate", "a number instead of a text" },
        { "{ \"certificate\": null }", 1, "certificate", "null; leave the property out" },
        { "{ \"certificate\": \"/a\",\n \"actionTimeout\": null }", 2, "actionTimeout", "null; leave the property out" },
        { "{ \"certificate\": \"/a\",\n \"actions\": [7] }", 2, "actions[0]", "a number instead of an object" },
        { "{ \"certificate\": \"/a\",\n \"ca\": [\n] }", 2, "ca", "a list instead of an object" },
        { "{ \"certificate\": \"/a\",\n \"actions\": [\n{\n\"run\": \"/a\",\n\"arguments\": [\"\",\n\"a\\u0000\"] } ] }", 6, "actions[0].arguments[1]", "NUL" },
        { "{ \"certificate\": \"/a\",\n \"actions\": [\n{\n\"run\": \"/a\",\n\"script\": \"/b.ps1\"\n}\n]\n}", 3, "actions[0]", "exactly one" },
        { "{ \"certificate\": \"\" }", 1, "certificate", "empty" },
        { "{ \"certificate\": \"web.crt\" }", 1, "certificate", "not a full path" },
        { "{ \"certificate\": \"~/web.crt\" }", 1, "certificate", "not a full path" },
        { "{ \"certificate\": \"/a\\u0000\" }", 1, "certificate", "control character" },
        { "{ \"certificate\": \"/a\\ud800\" }", 1, "certificate", "surrogate" },
        { "{ \"certificate\": \"/a\",\n \"certficate\": \"/a\" }", 2, "certficate", "no such property" },
        { "{ \"certificate\": \"/a\",\n \"Key\": \"/a\" }", 2, "Key", "no such property" },
        { "{ \"certificate\": \"/a\",\n \"certificate\": \"/b\" }", 2, "certificate", "twice" },
        { "{ \"certificate\": \"/a\",\n \"keyPassword\": \"x\" }", 2, "keyPassword", "no such property" },
        { "{ \"certificate\": \"/a\", \"name\": \"mail\" }", 1, "name", "'mail'" },
        { "{ \"certificate\": \"/a\", \"scope\": \"Everybody\" }", 1, "scope", "none of" },
        { "{ \"certificate\": \"/a\",\n \"metricsPath\": \"web.prom\" }", 2, "metricsPath", "not a full path" },
        { "{ \"certificate\": \"/a\",\n \"metricsPath\": \"/var/lib/metrics\" }", 2, "metricsPath", "does not end with .prom" },
        { "{ \"certificate\": \"/a\",\n \"metricsPath\": \"/var/lib/metrics/.prom\" }", 2, "metricsPath", "does not end with .prom" },
        { "{ \"certificate\": \"/a\",\n\"when\": {} }", 2, "when", "exactly one" },
        { "{ \"certificate\": \"/a\",\n\"when\": { \"expiresIn\": \"8h\", \"renewAt\": \"66%\" } }", 2, "when", "exactly one" },
        { "{ \"certificate\": \"/a\",\n\"when\": {\n\"expiresIn\": \"8\" } }", 3, "when.expiresIn", "Write 8s" },
        { "{ \"certificate\": \"/a\",\n\"when\": {\n\"expiresIn\": \"-8h\" } }", 3, "when.expiresIn", "greater than zero" },
        { "{ \"certificate\": \"/a\",\n\"when\": {\n\"renewAt\": \"101%\" } }", 3, "when.renewAt", "not a percentage" },
        { "{ \"certificate\": \"/a\",\n\"when\": \"8h\" }", 2, "when", "a text instead of an object" },
        { "{ \"certificate\": \"/a\", \"ca\": {\n\"url\": \"http://ca\" } }", 2, "ca.url", "https" },
        { "{ \"certificate\": \"/a\", \"ca\": {\n\"root\": \"root.crt\" } }", 2, "ca.root", "not a full path" },
        { "{ \"certificate\": \"/a\", \"ca\": {\n\"fingerprint\": \"abc\" } }", 2, "ca.fingerprint", "64" },
        { "{ \"certificate\": \"/a\", \"ca\": {\n\"useToken\": \"yes\" } }", 2, "ca.useToken", "true or false" },
        { "{ \"certificate\": \"/a\", \"ca\": {\n\"transport\": \"tls\" } }", 2, "ca.transport", "'tls' is none of Auto, Tls, Token" },
        { "{ \"certificate\": \"/a\", \"ca\": {\n\"password\": \"x\" } }", 2, "ca.password", "no such property" },
        { "{ \"certificate\": \"/a\", \"ca\": {\n\"registeredName\": \"web\" } }", 2, "ca.registeredName", "no such property; known are context, fingerprint, root, stepPath, transport, url, useToken" },
        { "{ \"certificate\": \"/a\", \"rekey\": 1 }", 1, "rekey", "true or false" },
        { "{ \"certificate\": \"/a\", \"keyAlgorithm\": \"EC-P256\" }", 1, "keyAlgorithm", "rekey" },
        { "{ \"certificate\": \"/a\", \"rekey\": true, \"keyAlgorithm\": \"DSA\" }", 1, "keyAlgorithm", "none of" },
        { "{ \"certificate\": \"/a\", \"interval\": \"7m\" }", 1, "interval", "15m" },
        { "{ \"certificate\": \"/a\", \"runAs\": \"CORP\\\\svc\",\n\"runAsSid\": \"CORP\\\\svc\" }", 2, "runAsSid", "is not a SID" },
        { "{ \"certificate\": \"/a\", \"runAsSid\": \"S-1-5-18\" }", 1, "runAsSid", "it needs runAs" },
        { "{ \"certificate\": \"/a\", \"scheduler\": \"launchd\" }", 1, "scheduler", "none of" },
        { "{ \"certificate\": \"/a\", \"publications\": {} }", 1, "publications", "instead of a list" },
        { "{ \"certificate\": \"/a\", \"publications\": [\n{} ] }", 2, "publications[0]", "exactly one" },
        { "{ \"certificate\": \"/a\", \"publications\": [\n{ \"bundle\": \"/b\", \"chain\": \"/c\" } ] }", 2, "publications[0]", "exactly one" },
        { "{ \"certificate\": \"/a\", \"publications\": [\n{ \"bundle\": \"b\" } ] }", 2, "publications[0].bundle", "not a full path" },
        { "{ \"certificate\": \"/a\", \"publications\": [\n{ \"bundle\": \"/b\", \"format\": \"Sec1\" } ] }", 2, "publications[0]", "'key' alone" },
        { "{ \"certificate\": \"/a\", \"publications\": [\n{ \"key\": \"/b\", \"format\": \"EncryptedPkcs8\" } ] }", 2, "publications[0].format", "is none of" },
        { "{ \"certificate\": \"/a\", \"publications\": [\n{ \"pfx\": \"/b\" } ] }", 2, "publications[0]", "needs a 'passwordFile'" },
        { "{ \"certificate\": \"/a\", \"publications\": [\n{ \"pfx\": \"/b\", \"password\": \"s\" } ] }", 2, "publications[0].password", "no such property" },
        { "{ \"certificate\": \"/a\", \"publications\": [\n{ \"leaf\": \"/b\", \"passwordFile\": \"/p\" } ] }", 2, "publications[0]", "'pfx' alone" },
        { "{ \"certificate\": \"/a\",\n\"publications\": [ { \"leaf\": \"/b\" }, { \"chain\": \"/b\" } ] }", 2, "publications", "two of them" },
        { "{ \"certificate\": \"/a\", \"actions\": {} }", 1, "actions", "instead of a list" },
        { "{ \"certificate\": \"/a\", \"actions\": [\n{ \"run\": \"/a\" },\n{} ] }", 3, "actions[1]", "exactly one" },
        { "{ \"certificate\": \"/a\", \"actions\": [\n{ \"run\": \"nginx\" } ] }", 2, "actions[0].run", "not a full path" },
        { "{ \"certificate\": \"/a\", \"actions\": [\n{ \"run\": \"/a\", \"script\": \"/b.ps1\" } ] }", 2, "actions[0]", "exactly one" },
        { "{ \"certificate\": \"/a\", \"actions\": [\n{ \"script\": \"/b.ps1\", \"arguments\": [] } ] }", 2, "actions[0]", "'run' alone" },
        { "{ \"certificate\": \"/a\", \"actions\": [\n{ \"run\": \"/a\", \"arguments\": [\n1] } ] }", 3, "actions[0].arguments[0]", "a number instead of a text" },
        { "{ \"certificate\": \"/a\", \"actions\": [\n{ \"run\": \"/a\", \"arguments\": \"-s reload\" } ] }", 2, "actions[0].arguments", "instead of a list" },
        { "{ \"certificate\": \"/a\", \"actions\": [\n{ \"signal\": \"HUP\" } ] }", 2, "actions[0]", "needs a 'pidFile'" },
        { "{ \"certificate\": \"/a\", \"actions\": [\n{ \"signal\": \"NONE\", \"pidFile\": \"/p\" } ] }", 2, "actions[0].signal", "The signal" },
        { "{ \"certificate\": \"/a\", \"actions\": [\n{ \"scriptBlock\": \"rm\" } ] }", 2, "actions[0].scriptBlock", "no such property" },
        { "{ \"certificate\": \"/a\", \"actionTimeout\": \"0s\" }", 1, "actionTimeout", "greater than zero" },
        { "{ \"certificate\": \"/a\", \"servedBy\": [\"https://b\",\n\"web.example.com\"] }", 2, "servedBy[1]", "names no port" },
        { "{ \"certificate\": \"/a\", \"servedBy\": [7] }", 1, "servedBy[0]", "a number instead of a text" },
        { "{ \"certificate\": \"/a\", \"servedBy\": \"https://b\" }", 1, "servedBy", "a text instead of a list" },
        { "{ \"certificate\": \"/a\",\n\"servedTimeout\": \"1m\" }", 2, "servedTimeout", "it needs \"servedBy\"" },
        { "{ \"certificate\": \"/a\", \"lockTimeout\": 30 }", 1, "lockTimeout", "a number instead of a text" },
        { "{ \"certificate\": \"/a\", \"healthCheckUri\": \"https://x\" }", 1, "healthCheckUri", "no such property" },
        { "{ \"certificate\": \"/a\", \"actions\": [[[[[[[[[[]]]]]]]]]] }", 1, "", "depth" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Read_Broken_NamesFileLineAndProperty(string text, int line, string property, string reason)
    {
        var error = Assert.Throws<RenewalException>(() => Read(text));
        Assert.Equal(ErrorId.DefinitionInvalid, error.ErrorId);
        Assert.StartsWith($"'/etc/stepcarenew/web.json', line {line}{(property.Length > 0 ? $", property '{property}'" : string.Empty)}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("LineNumber", error.Message, StringComparison.Ordinal);
    }

    internal static RenewalDefinition Read(string text) =>
        DefinitionFormat.Read("web", new InputFile("/etc/stepcarenew/web.json", Encoding.UTF8.GetBytes(Rooted(text)), default));

    // A full path of Windows has a drive.
    private static string Rooted(string text) => text.Replace("\"/", "\"" + Root, StringComparison.Ordinal);

    private static string Full(string path) => Path.GetFullPath(Path.Combine(Root, path[1..]));
}
