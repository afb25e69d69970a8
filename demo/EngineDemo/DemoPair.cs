using System.Security.Cryptography;
using StepCaRenew.Certificates;
using StepCaRenew.DevCa;
using StepCaRenew.DevCa.Pki;
using StepCaRenew.Policy;

namespace StepCaRenew.EngineDemo;

/// <summary>A certificate and a key on disk, and what happens to them.</summary>
internal sealed class DemoPair(DevCaServer ca, string folder, string name)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    public string CertificatePath { get; } = Path.Combine(folder, name + ".crt");

    private string KeyPath => Path.ChangeExtension(CertificatePath, ".key");

    /// <summary>Writes a fresh pair whose certificate has lived a share of its lifetime already.</summary>
    public void Issue(double elapsed)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var begin = TimeProvider.System.GetUtcNow() - (Lifetime * elapsed);
        var provisioner = ca.Provisioners[0];
        var profile = new LeafProfile
        {
            Name = $"{name}.example.test",
            Sans = [$"{name}.example.test"],
            NotBefore = begin,
            NotAfter = begin + Lifetime,
            Provisioner = (provisioner.Name, provisioner.KeyId),
        };
        using var leaf = ca.Issue(profile, KeyPairs.PublicKeyOf(key));
        PemFiles.WriteKey(KeyPath, key);
        PemFiles.WriteCertificates(CertificatePath, leaf, ca.Identity.Intermediate);
    }

    /// <summary>Puts a foreign key in the place of the key, an hour ago.</summary>
    public void ReplaceKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        PemFiles.WriteKey(KeyPath, key);
        File.SetLastWriteTime(KeyPath, DateTime.Now.AddHours(-1));
        File.SetLastWriteTime(CertificatePath, DateTime.Now.AddHours(-2));
    }

    /// <summary>One line about the pair on disk.</summary>
    public void Show()
    {
        using var certificate = CertificateFile.Load(CertificatePath);
        var it = new CertificateInspector(TimeProvider.System).Inspect(certificate, keyPath: null, password: null);
        Console.WriteLine($"  {it.Name}  {it.Status}  {Duration.Format(TimeSpan.FromSeconds(it.RemainingSeconds))} left  {it.ElapsedPercent:0} %  {it.KeyAlgorithm}, {it.KeyStatus}");
    }
}
