using StepCaRenew.Accounts;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Fixtures;

/// <summary>A run that could be registered.</summary>
internal static class SampleRun
{
    public static ScheduledRun Create(RenewalScope scope = RenewalScope.Machine) => new()
    {
        Name = "web.local",
        Scope = scope,
        Account = scope == RenewalScope.Machine ? TaskAccount.OfMachine : new TaskAccount.Self("alice"),
        Interval = TimeSpan.FromMinutes(15),
        Phase = new TimeSpan(0, 7, 23),
        Command = RunCommand.ForRenewal("/usr/bin/pwsh", "StepCaRenew", "web.local"),
        WritableFolders = ["/etc/ssl/private", "/var/lib/stepcarenew"],
    };

    /// <summary>Phases that meet the edges of each interval.</summary>
    public static TheoryData<TimeSpan, TimeSpan> Times()
    {
        var times = new TheoryData<TimeSpan, TimeSpan>();
        foreach (var interval in ScheduleInterval.All)
        {
            var random = new Random((int)interval.TotalSeconds);
            foreach (var phase in new[] { TimeSpan.Zero, interval - TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(random.Next((int)interval.TotalSeconds)) })
                times.Add(interval, phase);
        }

        return times;
    }
}
