namespace StepCaRenew.Unit;

public sealed class RenewalExceptionTests
{
    [Theory]
    [InlineData("", "remedy")]
    [InlineData("id", "")]
    public void Constructor_WithoutIdOrRemedy_IsRefused(string id, string remedy) => Assert.Throws<ArgumentException>(() => new RenewalException(id, "message", remedy));

    [Fact]
    public void Constructor_All_IsKept()
    {
        var inner = new IOException("x");
        var e = new RenewalException(ErrorId.DiskFull, "full", "free some", inner) { RetryAfter = TimeSpan.FromSeconds(1) };
        Assert.Equal(ErrorId.DiskFull, e.ErrorId);
        Assert.Equal("full", e.Message);
        Assert.Equal("free some", e.Remedy);
        Assert.False(e.IsTransient);
        Assert.Equal(TimeSpan.FromSeconds(1), e.RetryAfter!.Value);
        Assert.Same(inner, e.InnerException);
    }
}
