using StepCaRenew.Accounts;
using StepCaRenew.Json;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Registration;

internal sealed class ScopeConverter() : TextConverter<RenewalScope>(
    text => Enum.GetNames<RenewalScope>().Contains(text) ? Enum.Parse<RenewalScope>(text) : throw new InvalidValueException($"'{text}' is none of {string.Join(", ", Enum.GetNames<RenewalScope>())}"),
    scope => scope.ToString());

internal sealed class IntervalConverter() : TextConverter<TimeSpan>(
    text => ScheduleInterval.All.Select(interval => (Interval: interval, Text: ScheduleInterval.Format(interval))).FirstOrDefault(one => one.Text == text) is { Text: not null } found
        ? found.Interval : throw new InvalidValueException($"'{text}' is none of {string.Join(", ", ScheduleInterval.All.Select(ScheduleInterval.Format))}"),
    ScheduleInterval.Format);

internal sealed class SchedulerConverter() : NameConverter(SchedulerKind.All);

internal sealed class SidConverter() : CheckedTextConverter(text => AccountSpelling.IsSid(text) ? null : $"'{text}' is not a SID");
