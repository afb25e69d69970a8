using StepCaRenew.Inspection;
using StepCaRenew.Policy;

namespace StepCaRenew.Registration;

/// <summary>Renewals of several certificates: each is described, and the renewal is as healthy as the worst of them.</summary>
internal sealed partial class TaskReader
{
    // In the order of their weight: the first that a certificate has is that of the renewal.
    private static readonly string[] WorstStatuses = [CertificateStatus.Expired, CertificateStatus.Interrupted, CertificateStatus.NotYetValid, CertificateStatus.Due, CertificateStatus.Valid];
    private static readonly string[] WorstKeys = [KeyStatus.Mismatch, KeyStatus.Missing, KeyStatus.Unreadable, KeyStatus.NotChecked, KeyStatus.Matches];

    // The schedule is described in any case.
    private static IReadOnlyList<string> TryFind(CertificateSet certificates, List<string> problems)
    {
        try
        {
            return certificates.Require(error => problems.Add(error.Message));
        }
        catch (RenewalException e)
        {
            problems.Add(e.Message);
            return [];
        }
    }

    private (RenewalTask Task, HealthFacts Facts, TimeSpan Interval) DescribeSeveral(RenewalTask task, HealthFacts facts, RenewalDefinition definition)
    {
        var problems = new List<string>();
        var (all, intervals) = (new List<RenewalTaskCertificate>(), new List<TimeSpan>());
        var names = new CertificateNames(definition.Name, definition.Certificates!.Folder);
        foreach (var path in TryFind(definition.Certificates, problems))
        {
            var state = facts.State.StateOf(path);
            var one = new RenewalTaskCertificate
            {
                Name = names.For(path),
                CertificatePath = path,
                LastAttempt = state.LastAttempt?.LocalDateTime,
                LastSuccess = state.LastSuccess?.LocalDateTime,
                LastRenewal = state.LastRenewal?.LocalDateTime,
                LastStatus = state.LastStatus,
                LastErrorId = state.LastErrorId,
                LastErrorTime = state.LastErrorTime?.LocalDateTime,
                LastErrorMessage = state.LastErrorMessage,
                ActionsPending = state.ActionsPending,
            };
            try
            {
                var alone = definition.For(path);
                using var certificate = alone.LoadCertificate();
                var (described, found) = Describe(task, facts, alone, certificate);
                one = one with { KeyPath = described.KeyPath, Status = found.CertificateStatus, KeyStatus = described.KeyStatus, NotBefore = described.NotBefore, NotAfter = described.NotAfter, NextRenewal = described.NextRenewal };
                if (found.CertificateStatus == CertificateStatus.Expired)
                    problems.Add($"'{path}' has expired.");
                if (found.KeyProblem is { } problem)
                    problems.Add(problem);
                intervals.Add(ScheduledRuns.IntervalOf(alone, CertificateValidity.FromCertificate(certificate.Leaf)));
            }
            catch (RenewalException e)
            {
                problems.Add(e.ErrorId is ErrorId.IntervalInvalid or ErrorId.LifetimeTooShort ? $"'{path}': {e.Message} Register the renewal again." : e.Message);
            }

            all.Add(one);
        }

        task = task with
        {
            Certificates = new ResultList<RenewalTaskCertificate>(all),
            CertificateStatus = WorstStatuses.FirstOrDefault(status => all.Exists(one => one.Status == status)),
            KeyStatus = WorstKeys.FirstOrDefault(status => all.Exists(one => one.KeyStatus == status)),
            NotAfter = all.Min(one => one.NotAfter),
            NextRenewal = all.Min(one => one.NextRenewal),
        };
        return (task, facts with { CertificateProblems = problems }, definition.Interval ?? intervals.DefaultIfEmpty(PlannedCertificates.IntervalOfNone).Min());
    }
}
