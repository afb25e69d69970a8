using System.Diagnostics;
using StepCaRenew.Text;

namespace StepCaRenew.Unit.Text;

public sealed class SecretTextTests
{
    [Theory]
    [InlineData("connecting with password=hunter2 now", "connecting with password=*** now")]
    [InlineData("DB_PASSWORD='hunter 2' x", "DB_PASSWORD=*** x")]
    [InlineData("passwd = hunter2; user=x", "passwd = ***; user=x")]
    [InlineData("pwd=\"a b\"", "pwd=***")]
    [InlineData("Server=db;User Id=sa;Pwd=hunter2;Database=x", "Server=db;User Id=sa;Pwd=***;Database=x")]
    [InlineData("client_secret=hunter2", "client_secret=***")]
    [InlineData("API_KEY=hunter2 apikey=hunter2 api-key=hunter2", "API_KEY=*** apikey=*** api-key=***")]
    [InlineData("GET /x?token=hunter2&id=1", "GET /x?token=***&id=1")]
    [InlineData("$env:VAULT_TOKEN_OLD = hunter2", "$env:VAULT_TOKEN_OLD = ***")]
    [InlineData("{\"user\":\"x\",\"password\": \"hunter2\"}", "{\"user\":\"x\",\"password\": ***}")]
    [InlineData("auth:\n  password: hunter2\n  user: x", "auth:\n  password: ***\n  user: x")]
    [InlineData("mysql --password hunter2 --user x", "mysql --password *** --user x")]
    [InlineData("Authorization: Bearer hunter2", "Authorization: Bearer ***")]
    [InlineData("curl -H 'Authorization: Basic aHVudGVyMg==' x", "curl -H 'Authorization: Basic ***' x")]
    [InlineData("sent bearer hunter2hunter2", "sent bearer ***")]
    [InlineData("cloning https://me:hunter2@git.example.com/x", "cloning https://me:***@git.example.com/x")]
    [InlineData("postgres://me:hun@ter2@db/x", "postgres://me:***@db/x")]
    [InlineData("a\n-----BEGIN EC PRIVATE KEY-----\nhunter2\n-----END EC PRIVATE KEY-----\nb", "a\n(a private key)\nb")]
    [InlineData("a\n-----BEGIN ENCRYPTED PRIVATE KEY-----\nhunter2", "a\n(a private key)")]
    public void Mask_KnownForm_HidesTheSecretAlone(string text, string expected) => Assert.Equal(expected, SecretText.Mask(text));

    [Theory]
    [InlineData("wrong password: authentication failed")]
    [InlineData("the token has expired")]
    [InlineData("nginx: [emerg] cannot load certificate key \"/etc/ssl/web.key\": BIO_new_file() failed")]
    [InlineData("https://ca.example.com:9000/renew")]
    [InlineData("user=x host=y")]
    [InlineData("mail to admin@example.com")]
    [InlineData("--password --user x")]
    public void Mask_NoSecret_StaysAsItIs(string text) => Assert.Equal(text, SecretText.Mask(text));

    // A hook can print what it likes; the run must not stand still over it.
    [Theory]
    [InlineData("password")]
    [InlineData("a")]
    [InlineData("\"a")]
    [InlineData("password=")]
    [InlineData("://a:")]
    [InlineData("-----BEGIN PRIVATE KEY-----")]
    [InlineData(" ")]
    [InlineData("eyJ.")]
    public void Mask_ManyRepetitions_TakesNoLongTime(string part)
    {
        var text = string.Concat(Enumerable.Repeat(part, 64 * 1024 / part.Length));
        var since = Stopwatch.GetTimestamp();
        SecretText.Mask(text);
        Assert.True(Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(5), $"{Stopwatch.GetElapsedTime(since)}");
    }
}
