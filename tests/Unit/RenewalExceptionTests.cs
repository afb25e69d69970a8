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
        Assert.Equal((ErrorId.DiskFull, "full", "free some", false, TimeSpan.FromSeconds(1)), (e.ErrorId, e.Message, e.Remedy, e.IsTransient, e.RetryAfter!.Value));
        Assert.Same(inner, e.InnerException);
    }
}
