using System.Globalization;
using System.Text;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Inspection;
using StepCaRenew.Policy;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Certificates;

/// <summary>Random damage to good files causes no exception other than RenewalException.</summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int Mutations = 2000;
    private const string SeedVariable = "STEPCARENEW_FUZZ_SEED";

    private static int Seed =>
        Environment.GetEnvironmentVariable(SeedVariable) is { Length: > 0 } seed ? int.Parse(seed, CultureInfo.InvariantCulture) : 20260701;

    [Fact]
    public void LoadCertificate_RandomDamage_OnlyRenewalExceptions()
    {
        var ca = TestAuthority.Default;
        var pair = ca.Issue(new LeafSpec
        {
            Subject = "CN=host.example.com, O=\"Example, Inc.\"",
            IPAddresses = ["10.0.0.1", "::1"],
            Uris = ["spiffe://example/x"],
            EmailAddresses = ["a@example.com"],
            Extensions = [(StepProvisioner.Oid, ProvisionerExtension.Encode(1, "admin", "kid"))],
        });
        var chain = pair.CertificatePem + ca.Intermediate.ExportCertificatePem();
        byte[][] seeds = [Encoding.UTF8.GetBytes(chain), pair.Leaf.RawData, pair.Leaf.RawData, Encoding.Unicode.GetBytes(chain), Encoding.UTF8.GetBytes(pair.CertificatePem + pair.KeyPem)];
        Fuzz(seeds, path =>
        {
            using var file = CertificateFile.Load(path);
            Use(file);
        });
    }

    [Fact]
    public void LoadKey_RandomDamage_OnlyRenewalExceptions()
    {
        string[] names =
        [
            "p256.pem", "p256.der", "p256-sec1.der", "p521-sec1.pem", "rsa2048.pem", "rsa2048-pkcs1.der", "p256-pbes2-aes256.der", "p256-pbes2-aes256.pem",
            "p256-pbes1-sha1-3des.pem", "rsa2048-legacy-aes256.pem", "p256-legacy-aes256.pem", "p256-sec1-parameters.pem", "p256-sec1-explicit-curve.pem",
        ];
        var pair = TestAuthority.Default.Issue();
        using var password = new KeyPassword(TestKeys.Password);
        Fuzz([.. names.Select(TestKeys.Bytes)], path =>
        {
            using var file = KeyFile.Load(path, password);
            _ = (file.Key.Algorithm, PublicKeyId.Compute(file.Key), PairMatch.Matches(pair.Leaf, file.Key));
        });
    }

    private static void Use(CertificateFile file)
    {
        var validity = CertificateValidity.FromCertificate(file.Leaf);
        _ = RenewalPolicy.DueTime(validity, RenewalRule.Default);
        _ = CertificateContent.Render(file.Leaf, file.Chain, file.Document);
        _ = new CertificateInspector(TimeProvider.System).Inspect(file, TestKeys.Path("p256.pem"), null);
        _ = CommonName.FromCertificate(file.Leaf);
    }

    private void Fuzz(byte[][] seeds, Action<string> use)
    {
        output.WriteLine($"{SeedVariable}={Seed}");
        using var folder = new TestFolder();
        var damage = new RandomDamage(Seed);
        var (good, bad) = (0, 0);
        for (var number = 0; number < Mutations; number++)
        {
            var bytes = damage.Apply(seeds[number % seeds.Length]);
            var path = folder.Write("input", bytes);
            try
            {
                use(path);
                good++;
            }
            catch (RenewalException e)
            {
                Assert.NotEqual(ErrorId.Unexpected, e.ErrorId);
                bad++;
            }
            catch (Exception e)
            {
                Assert.Fail($"{SeedVariable}={Seed}, mutation {number} of seed file {number % seeds.Length}: {e}\n{Convert.ToBase64String(bytes)}");
            }
        }

        output.WriteLine($"{good} were still readable, {bad} were refused.");
        Assert.True(bad > Mutations / 4, "The damage hardly does any.");
    }
}
