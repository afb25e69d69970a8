using System.Diagnostics;

namespace StepCaRenew.HarnessSamples;

public class Green
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Passes(int number) => Assert.InRange(number, 1, 3);

    [Fact(Skip = "the moon is not full")]
    public void NeedsMoon() => Assert.Fail("This never runs.");

    [Fact(Explicit = true)]
    public void IsExplicit() => Assert.Fail("This never runs unless it is asked for.");
}

public class Red
{
    [Fact]
    public void Passes() => Assert.Equal(2, 1 + 1);

    [Fact]
    public void Fails() => Assert.Fail("one\u001b[31mtwo\u0007\r\nthree");
}

/// <summary>An error outside of all tests, which no test is failed for.</summary>
public class Untidy : IClassFixture<UntidyFixture>
{
    [Fact]
    public void Passes() => Assert.Equal(2, 1 + 1);
}

public sealed class UntidyFixture : IDisposable
{
    public void Dispose() => throw new InvalidOperationException("The fixture cannot be disposed of.");
}

public class Dying
{
    public static TheoryData<int> Numbers => [1, 2, 3];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void DiesAtTwo(int number)
    {
        if (number == 2)
            Die();
    }

    private static void Die()
    {
        // The runner writes its log on another thread.
        Thread.Sleep(1000);
        switch (Environment.GetEnvironmentVariable("HARNESS_SAMPLE_DIES_BY"))
        {
            case "signal":
                Process.GetCurrentProcess().Kill();
                break;
            case "exit":
                Environment.Exit(0);
                break;
            default:
                Environment.FailFast("sample");
                break;
        }
    }
}
