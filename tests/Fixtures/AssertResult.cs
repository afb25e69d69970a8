using System.Diagnostics.CodeAnalysis;

namespace StepCaRenew.Fixtures;

/// <summary>Asserts about the result of a renewal; a failure names the property.</summary>
internal static class AssertResult
{
    private const string NotChecked = "\0";

    /// <summary>Asserts the status and every property that is given.</summary>
    public static void Is(
        [NotNull] RenewalResult? result, string status, string? errorId = NotChecked, bool? changed = null, bool? actionsPending = null, int? attempts = null, string? serialNumber = null, string? message = null)
    {
        Assert.NotNull(result);
        Check(nameof(result.Status), status, result.Status);
        if (errorId != NotChecked)
            Check(nameof(result.ErrorId), errorId, result.ErrorId);
        if (changed is not null)
            Check(nameof(result.Changed), changed, result.Changed);
        if (actionsPending is not null)
            Check(nameof(result.ActionsPending), actionsPending, result.ActionsPending);
        if (attempts is not null)
            Check(nameof(result.Attempts), attempts, result.Attempts);
        if (serialNumber is not null)
            Check(nameof(result.SerialNumber), serialNumber, result.SerialNumber);
        if (message is not null)
            Check(nameof(result.Message), message, result.Message);

        void Check<T>(string property, T expected, T actual) =>
            Assert.True(EqualityComparer<T>.Default.Equals(expected, actual), $"{property}: expected {expected?.ToString() ?? "null"}, but it was {actual?.ToString() ?? "null"}: {result.Status} {result.ErrorId} {result.Message}");
    }
}
