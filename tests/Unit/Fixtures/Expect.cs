namespace StepCaRenew.Unit.Fixtures;

/// <summary>Assertions about failures.</summary>
internal static class Expect
{
    /// <summary>The action fails as the user is told of failures: id, message and a remedy.</summary>
    public static RenewalException Failure(string errorId, Action action) => Check(errorId, Assert.Throws<RenewalException>(action));

    /// <inheritdoc cref="Failure(string, Action)"/>
    public static async Task<RenewalException> FailureAsync(string errorId, Func<Task> action) =>
        Check(errorId, await Assert.ThrowsAsync<RenewalException>(action));

    /// <summary>Nothing of what the user or a log sees holds the secret.</summary>
    public static void NoSecret(string secret, RenewalException e)
    {
        Assert.DoesNotContain(secret, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, e.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, e.ToString(), StringComparison.Ordinal);
    }

    private static RenewalException Check(string errorId, RenewalException e)
    {
        Assert.True(e.ErrorId == errorId, $"Expected {errorId}, but it was {e.ErrorId}: {e.Message}");
        Assert.NotEmpty(e.Message);
        Assert.NotEmpty(e.Remedy);
        return e;
    }
}
