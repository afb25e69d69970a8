using System.Security.Cryptography;
using StepCaRenew.Accounts;
using StepCaRenew.Certificates;
using StepCaRenew.Registration;
using StepCaRenew.Unit.Certificates.Pfx;

namespace StepCaRenew.Unit.Registration;

/// <summary>Which renewals are registered for a certificate.</summary>
public sealed class RegisteredCertificatesTests : IDisposable
{
    private static readonly TestPair Pair = TestAuthority.Default.Issue();

    private readonly TestFolder folder = new();
    private readonly DefinitionStore store;

    public RegisteredCertificatesTests()
    {
        store = RegisteredNames.Stores(Environment).Single();
        OwnFolder.Make(store.Folders.Definitions, store.Folders.Scope);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void FindNamesBySerialNumber_PemAndPfxWithPassword_NamesBoth()
    {
        Register("pem", folder.Write("web.crt", Pair.CertificatePem), folder.At("no-such-file"));
        Register("pfx", folder.Write("web.pfx", Pfx(Pair)), folder.Write("password", PfxBuilder.Secret));
        Register("other", folder.Write("other.pfx", Pfx(TestAuthority.Default.Issue())), folder.At("password"));
        Assert.Equal(["pem", "pfx"], Find().Order());
    }

    // Revoking a certificate does not depend on the certificates of other renewals.
    [Fact]
    public void FindNamesBySerialNumber_PfxThatCannotBeOpened_IsLeftOut()
    {
        Register("wrong", folder.Write("web.pfx", Pfx(Pair)), folder.Write("password", "another"));
        Register("none", folder.Write("none.pfx", Pfx(Pair)), null);
        Register("missing", folder.Write("missing.pfx", Pfx(Pair)), folder.At("no-such-file"));
        Register("pem", folder.Write("web.crt", Pair.CertificatePem), null);
        Assert.Equal(["pem"], Find());
    }

    private static byte[] Pfx(TestPair pair) => PfxBuilder.Build(
        PfxBuilder.Secret, PfxBuilder.AesForm, HashAlgorithmName.SHA256, PfxBuilder.Certificate(pair.Leaf), PfxBuilder.Key(pair.Key, PfxBuilder.Secret, PfxBuilder.AesForm));

    private IReadOnlyList<string> Find() => new RegisteredCertificates(Environment).FindNamesBySerialNumber(SerialNumber.ToDecimal(Pair.Leaf));

    private void Register(string name, string certificate, string? passwordFile) =>
        store.Save(new RenewalDefinition { Name = name, Scope = store.Folders.Scope, CertificatePath = certificate, KeyPasswordFile = passwordFile });

    private string? Environment(string name) => name == RenewalFolders.HomeVariable ? folder.At("home") : null;
}
