using StepCaRenew.FileSystem;

namespace StepCaRenew.Unit.FileSystem;

public sealed class LongPathTests
{
    private static readonly string Long = new('x', 250);

    [Theory]
    [InlineData(@"C:\certs\web.crt")]
    [InlineData(@"\\server\share\web.crt")]
    [InlineData(@"\\?\C:\certs\web.crt ")]
    [InlineData(@"\\.\pipe\x.")]
    public void Of_ShortOrPrefixedPath_StaysAsItIs(string path) => Assert.Equal(path, LongPath.WithPrefix(path));

    [Fact]
    public void Of_LongPath_GetsThePrefix()
    {
        Assert.Equal($@"\\?\C:\{Long}", LongPath.WithPrefix($@"C:\{Long}"));
        Assert.Equal($@"\\?\UNC\server\share\{Long}", LongPath.WithPrefix($@"\\server\share\{Long}"));
        Assert.Equal($@"\\?\C:\{Long}", LongPath.WithPrefix($@"\\?\C:\{Long}"));
        Assert.Equal($@"\\?\UNC\server\share\{Long}", LongPath.WithPrefix($@"\\?\UNC\server\share\{Long}"));
    }

    [Theory]
    [InlineData(@"C:\certs\web.crt ")]
    [InlineData(@"C:\certs\web.crt.")]
    public void Of_NameThatWindowsWouldCut_GetsThePrefix(string path) => Assert.Equal(@"\\?\" + path, LongPath.WithPrefix(path));
}
