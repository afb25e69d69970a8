using StepCaRenew.Certificates.Keys;
using StepCaRenew.Certificates.Pfx;
using StepCaRenew.FollowUps.Publications;

namespace StepCaRenew.Unit.FollowUps.Publications;

public sealed class PfxPublicationTests : IDisposable
{
    private static readonly TestAuthority Authority = TestAuthority.Default;
    private static readonly TestPair Pair = Authority.Issue();

    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(PfxEncryption.Aes256)]
    [InlineData(PfxEncryption.TripleDes)]
    public void Render_OpenedAgain_IsThisForm_AndNotThatOfAnotherPairPasswordOrEncryption(PfxEncryption encryption)
    {
        using var password = new KeyPassword("päss wörd");
        using var other = new KeyPassword("other");
        var publication = new PfxPublication(folder.At("web.pfx")) { Password = password, Encryption = encryption };
        var content = publication.Render(Published(Pair));
        Assert.True(publication.IsFormOf(Published(Pair), content));
        Assert.False(publication.IsFormOf(Published(Authority.Issue()), content));
        Assert.False(publication.IsFormOf(new PublishedPair(Pair.Keyed(), _ => null), content));
        Assert.False((publication with { Encryption = 1 - encryption }).IsFormOf(Published(Pair), content));
        Expect.Failure(ErrorId.KeyPasswordWrong, () => (publication with { Password = other }).IsFormOf(Published(Pair), content));
    }

    [Fact]
    public void Render_EmptyPassword_IsOpenedWithoutOne()
    {
        using var empty = new KeyPassword([]);
        var publication = new PfxPublication(folder.At("web.pfx")) { Password = empty };
        Assert.True(publication.IsFormOf(Published(Pair), publication.Render(Published(Pair))));
    }

    [Fact]
    public void PasswordFile_IsReadEachTime()
    {
        var publication = new PfxPublication(folder.At("web.pfx")) { PasswordFile = folder.Write("password", "one\n") };
        var content = publication.Render(Published(Pair));
        Assert.True(publication.IsFormOf(Published(Pair), content));
        folder.Write("password", "two\n");
        Expect.Failure(ErrorId.KeyPasswordWrong, () => publication.IsFormOf(Published(Pair), content));
        File.Delete(publication.PasswordFile);
        Expect.Failure(ErrorId.FileNotFound, () => publication.RequireUsable("EC P-256"));
        Expect.Failure(ErrorId.FileNotFound, () => publication.Render(Published(Pair)));
    }

    [Fact]
    public void Text_HasNoPassword()
    {
        using var password = new KeyPassword("s3cret");
        var publication = new PfxPublication("/x/web.pfx") { Password = password };
        Assert.DoesNotContain("s3cret", $"{publication} {publication.Parameters} {publication.Description}", StringComparison.Ordinal);
    }

    private static PublishedPair Published(TestPair pair) => new(pair.Keyed(Authority.Intermediate), _ => Authority.Root);
}
