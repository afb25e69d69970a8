using Microsoft.Extensions.Logging;
using StepCaRenew.Ca;
using StepCaRenew.FollowUps;
using StepCaRenew.FollowUps.Notifiers;
using StepCaRenew.Policy;

namespace StepCaRenew.Renewal;

/// <summary>The outcome of one pair of a call.</summary>
internal sealed class RenewalOutcome
{
    /// <summary>The outcome of an input that was refused before a run began, or of a run.</summary>
    /// <param name="result">The result.</param>
    /// <param name="error">The error if it failed.</param>
    public RenewalOutcome(RenewalResult result, RenewalException? error) => (Result, Error) = (result, error);

    /// <summary>The result; <see cref="RenewalCall.FollowUpAsync"/> adds the outcome of the actions.</summary>
    public RenewalResult Result { get; internal set; }

    /// <summary>The certificate file as it was named; that of the result is made fit to be shown.</summary>
    internal string CertificatePath { get => field ?? Result.CertificatePath; init; }

    /// <summary>The error if it failed.</summary>
    public RenewalException? Error { get; internal set; }

    /// <summary>The log of this pair alone; null if it has none.</summary>
    internal ILogger? Log { get; set; }

    /// <summary>The follow-ups that the call is to run; null if there are none.</summary>
    internal PairFollowUps? FollowUps { get; init; }

    /// <summary>Of a registered renewal: the certificate for which no follow-up is open; null if some are, or it is not known.</summary>
    internal ServedCertificate? Served { get; set; }

    /// <summary>The validity of the present certificate; null if it was not read.</summary>
    internal CertificateValidity? Validity { get; init; }

    /// <summary>The difference to the CA's clock; null if the CA did not answer.</summary>
    internal CaClock? CaClock { get; init; }

    /// <summary>The message for the state that all users can read: without the output of a program. Null if the message has none.</summary>
    internal string? PublicMessage { get; set; }

    /// <summary>The failure for notifiers; null if the run had no error.</summary>
    internal Incident? Incident => (Error ?? FollowUps?.Failure) is not { } failure ? null : new Incident
    {
        Name = Result.Name,
        CertificatePath = Result.CertificatePath,
        ErrorId = Result.ErrorId ?? failure.ErrorId,
        Message = Error?.Message ?? Result.Message,
        PublicMessage = PublicMessage ?? Error?.PublicMessage,
        Remedy = failure.Remedy,
        NotAfter = Result.NotAfter is { } end ? new DateTimeOffset(end) : null,
    };

    /// <summary>Adds to the result how the follow-ups ended.</summary>
    internal void AddFollowUps()
    {
        if (FollowUps is not { } followUps)
            return;
        Served = followUps.Served;
        var before = Result;
        if (followUps.Publications is { Published: { Count: > 0 } published })
            before = before with { Published = TextList.FromNames(published), Changed = true, Message = $"{before.Message} Published to {string.Join(", ", published.Select(path => $"'{path}'"))}." };
        Result = before with { ActionsPending = followUps.IsOpen };
        if (followUps.Failure is not { } failure)
            return;
        Result = Result with { ErrorId = before.ErrorId ?? failure.ErrorId, Message = $"{before.Message} Its {failure.Message}" };
        PublicMessage = $"{before.Message} Its {failure.PublicMessage ?? failure.Message}";
    }

    /// <summary>The result and the error.</summary>
    public void Deconstruct(out RenewalResult result, out RenewalException? error) => (result, error) = (Result, Error);
}
