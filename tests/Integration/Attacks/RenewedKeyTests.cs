using System.Security.Cryptography;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Certificates.Pfx;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Engine;
using StepCaRenew.Registration;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Integration.Attacks;

/// <summary>System calls of a renewal: the private key of the pair is written only to the file that is staged next to its target, which has the target's rights by then.</summary>
public sealed class RenewedKeyTests : EngineTest
{
    private const string Secret = "s3cret-of-the-pair";

    [Theory]
    [InlineData("web.pfx", false, false)]
    [InlineData("web.pfx", true, false)]
    [InlineData("web.pfx", true, true)]
    [InlineData("web.pem", true, false)]
    [InlineData("web.pem", true, true)]
    [InlineData("web.crt", true, false)]
    public async Task Key_IsWrittenOnlyToTheStagedFile_AfterItsRightsAreSet(string name, bool rekey, bool isUnprivileged)
    {
        Tool.RequireRoot();
        Tool.Require("strace");
        Tool.Require("setpriv");
        var ca = await CaAsync(CaKind.DevCa);
        var certs = Directory.CreateDirectory(Path.Combine(Folder, "certs")).FullName;
        var (certificate, key) = Place(await IssueAsync(ca), Path.Combine(certs, name));
        Tool.Run("chmod", "0640", key);
        Tool.Run("chown", "-R", $"{Unprivileged.User}:{Unprivileged.User}", certs);
        var isPfx = key.EndsWith(".pfx", StringComparison.Ordinal);
        var password = Path.Combine(Folder, "password");
        File.WriteAllText(password, Secret);
        Tool.Run("chmod", "0600", password);
        using var scene = new RegisteredScene(new RenewalDefinition
        {
            Name = "web",
            Scope = RenewalScope.CurrentUser,
            CertificatePath = certificate,
            KeyPath = isPfx ? null : key,
            KeyPasswordFile = isPfx ? password : null,
            Ca = new() { StepPath = ca.StepPath },
            Rekey = rekey,
            Actions = [new CommandAction("/bin/sh", ["-c", "true"])],
        });
        string[] user = ["setpriv", $"--reuid={Unprivileged.User}", $"--regid={Unprivileged.User}", "--clear-groups"];
        if (isUnprivileged)
        {
            Tool.Run("chmod", "-R", "a+rX", ca.StepPath);
            Tool.Run("chown", "-R", $"{Unprivileged.User}:{Unprivileged.User}", scene.Home, password);
        }

        using var old = Load(certificate, key);
        var trace = await KeyTrace.RunAsync(Path.Combine(Folder, "trace"), isUnprivileged ? user : [], "run-registered", scene.Home, "web");

        using var pair = Load(certificate, key);
        Assert.NotEqual(old.Leaf.SerialNumber, pair.Leaf.SerialNumber);
        Assert.Equal(rekey, !old.Leaf.GetPublicKey().AsSpan().SequenceEqual(pair.Leaf.GetPublicKey()));
        Assert.Equal($"{Unprivileged.User}:{Unprivileged.User} 640", Tool.Run("stat", "-c", "%u:%g %a", key).Trim());
        trace.AssertStaged(key, isUnprivileged ? ["fchmod"] : ["fchmod", "fchown"]);
        trace.AssertOnlyStagedWritten(certs);
        Assert.Equal(isPfx ? 0 : 1, trace.PemKeysWritten);
        trace.AssertNowhere(Secret);
        trace.AssertNeverWritten(((ECDsa)pair.KeyFile.Key.Handle).ExportParameters(includePrivateParameters: true).D!);
    }

    // The pair as a PFX file with a password, as one PEM file, or as two.
    private static (string Certificate, string Key) Place(IssuedPair issued, string path)
    {
        var key = path.EndsWith(".crt", StringComparison.Ordinal) ? Path.ChangeExtension(path, ".key") : path;
        File.Copy(issued.KeyPath, key);
        if (key != path)
            File.Copy(issued.CertificatePath, path);
        else if (path.EndsWith(".pem", StringComparison.Ordinal))
            File.AppendAllText(path, File.ReadAllText(issued.CertificatePath));
        else
            File.WriteAllBytes(path, Pfx(issued));
        Age(path);
        Age(key);
        return (path, key);
    }

    private static byte[] Pfx(IssuedPair issued)
    {
        using var pair = CertificatePair.Load(issued.CertificatePath, issued.KeyPath, null);
        using var password = new KeyPassword(Secret);
        return PfxWriter.Write(pair.Keyed, password, PfxEncryption.Aes256, "web");
    }

    private static CertificatePair Load(string certificate, string key)
    {
        using var password = new KeyPassword(Secret);
        return CertificatePair.Load(certificate, key, password);
    }
}
