using System.Security.Cryptography;
using System.Text;
using StepCaRenew.FollowUps.Publications;

namespace StepCaRenew.Unit.FollowUps.Publications;

public sealed class PemPublicationTests
{
    private static readonly TestAuthority Authority = TestAuthority.Default;
    private static readonly TestPair Pair = Authority.Issue();
    private static readonly TestPair Rsa = Authority.Issue(new LeafSpec { Key = RSA.Create(2048) });

    private static string LeafPem => Pair.CertificatePem;

    private static string ChainPem => Authority.Intermediate.ExportCertificatePem() + "\n";

    private static string RootPem => Authority.Root.ExportCertificatePem() + "\n";

    [Fact]
    public void Render_HoldsExactlyTheParts()
    {
        Assert.Equal(LeafPem + ChainPem + Pair.KeyPem, Render(PemForm.Bundle));
        Assert.Equal(ChainPem, Render(PemForm.Chain));
        Assert.Equal(LeafPem, Render(PemForm.Leaf));
        Assert.Equal(RootPem, Render(PemForm.Root));
        Assert.Equal(Pair.KeyPem, Render(PemForm.Key));
    }

    [Theory]
    [InlineData(KeyFormat.Pkcs8, "PRIVATE KEY", "PRIVATE KEY")]
    [InlineData(KeyFormat.Pkcs1, "RSA PRIVATE KEY", null)]
    [InlineData(KeyFormat.Sec1, null, "EC PRIVATE KEY")]
    public void Render_KeyFormat_HasTheLabel_OrIsRefusedForTheAlgorithm(KeyFormat format, string? rsaLabel, string? ecLabel)
    {
        foreach (var (pair, label) in new[] { (Rsa, rsaLabel), (Pair, ecLabel) })
        {
            var publication = new PemPublication(PemForm.Key, "/x/key.pem") { Format = format };
            if (label is null)
            {
                var error = Expect.Failure(ErrorId.PublicationInvalid, () => publication.RequireUsable(pair.PrivateKey.Algorithm));
                Assert.Contains("-KeyFormat", error.Remedy, StringComparison.Ordinal);
                Expect.Failure(ErrorId.PublicationInvalid, () => publication.Render(Published(pair)));
                continue;
            }

            publication.RequireUsable(pair.PrivateKey.Algorithm);
            var content = publication.Render(Published(pair));
            Assert.StartsWith($"-----BEGIN {label}-----\n", Encoding.ASCII.GetString(content), StringComparison.Ordinal);
            Assert.True(publication.IsFormOf(Published(pair), content));
        }
    }

    [Fact]
    public void RequireUsable_KeyFormat_AcceptsTheNamesOfNewKeys()
    {
        new PemPublication(PemForm.Key, "/x") { Format = KeyFormat.Pkcs1 }.RequireUsable("RSA-4096");
        Expect.Failure(ErrorId.PublicationInvalid, () => new PemPublication(PemForm.Key, "/x") { Format = KeyFormat.Pkcs1 }.RequireUsable("EC-P256"));
    }

    [Fact]
    public void Render_ChainOfALeafAlone_IsRefused()
    {
        var error = Expect.Failure(ErrorId.PublicationInvalid, () => new PemPublication(PemForm.Chain, "/x").Render(new PublishedPair(Pair.Keyed(), _ => null)));
        Assert.Contains("no chain", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_RootThatIsNotKnown_IsRefused() =>
        Expect.Failure(ErrorId.PublicationInvalid, () => new PemPublication(PemForm.Root, "/x").Render(new PublishedPair(Pair.Keyed(), _ => null)));

    [Fact]
    public void IsFormOf_AnotherPair_OtherOrderOrOtherBlocks_IsFalse()
    {
        var other = Authority.Issue();
        Assert.True(Is(PemForm.Bundle, LeafPem + ChainPem + Pair.KeyPem));
        // Text between blocks and other line ends are not content.
        Assert.True(Is(PemForm.Bundle, "comment\r\n" + (LeafPem + ChainPem + Pair.KeyPem).ReplaceLineEndings("\r\n")));
        Assert.False(Is(PemForm.Bundle, other.CertificatePem + ChainPem + other.KeyPem));
        Assert.False(Is(PemForm.Bundle, LeafPem + ChainPem + other.KeyPem));
        Assert.False(Is(PemForm.Bundle, LeafPem + Pair.KeyPem));
        Assert.False(Is(PemForm.Bundle, ChainPem + LeafPem + Pair.KeyPem));
        Assert.False(Is(PemForm.Bundle, LeafPem + ChainPem));
        Assert.False(Is(PemForm.Leaf, LeafPem + Pair.KeyPem));
        Assert.False(Is(PemForm.Leaf, LeafPem + ChainPem));
        Assert.False(Is(PemForm.Chain, LeafPem));
        Assert.False(Is(PemForm.Root, ChainPem));
        Assert.False(Is(PemForm.Key, other.KeyPem));
    }

    // The public half in the file is that of the certificate, and the private half is not.
    [Fact]
    public void IsFormOf_KeyWithAForeignPublicHalf_IsFalse()
    {
        Wine.Skip("its bcrypt computes the private half again from the primes");
        var mine = (RSA)Rsa.Key;
        var parameters = mine.ExportParameters(includePrivateParameters: true);
        parameters.D![^1] ^= 2;
        parameters.DP![^1] ^= 2;
        using var forged = RSA.Create();
        try
        {
            forged.ImportParameters(parameters);
        }
        catch (CryptographicException)
        {
            Assert.Skip("This platform does not import such a key.");
        }

        var content = Encoding.ASCII.GetBytes(forged.ExportPkcs8PrivateKeyPem());
        Assert.False(new PemPublication(PemForm.Key, "/x").IsFormOf(Published(Rsa), content));
    }

    [Fact]
    public void IsFormOf_OtherKeyFormat_IsFalse()
    {
        var sec1 = new PemPublication(PemForm.Key, "/x") { Format = KeyFormat.Sec1 };
        Assert.False(new PemPublication(PemForm.Key, "/x").IsFormOf(Published(Pair), sec1.Render(Published(Pair))));
    }

    private static PublishedPair Published(TestPair pair) => new(pair.Keyed(Authority.Intermediate), _ => Authority.Root);

    private static string Render(PemForm form) => Encoding.ASCII.GetString(new PemPublication(form, "/x").Render(Published(Pair)));

    private static bool Is(PemForm form, string content) => new PemPublication(form, "/x").IsFormOf(Published(Pair), Encoding.ASCII.GetBytes(content));
}
