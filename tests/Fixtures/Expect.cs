namespace StepCaRenew.Fixtures;

/// <summary>Asserts about errors.</summary>
internal static class Expect
{
    /// <summary>The action fails with an error for the user: id, message and a remedy.</summary>
    public static RenewalException Failure(string errorId, Action action) => Check(errorId, Assert.Throws<RenewalException>(action));

    /// <inheritdoc cref="Failure(string, Action)"/>
    public static async Task<RenewalException> FailureAsync(string errorId, Func<Task> action) =>
        Check(errorId, await Assert.ThrowsAsync<RenewalException>(action));

    /// <summary>No text that the user or a log gets contains the secret.</summary>
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
