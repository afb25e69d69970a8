using StepCaRenew.Benchmarks.Herd.Clients;
using StepCaRenew.Benchmarks.Herd.Model;

namespace StepCaRenew.Unit.Benchmarks;

/// <summary>Each client of the simulated herd against cases that were computed by hand.</summary>
public sealed class ClientTests
{
    private const int Hosts = 5000;

    // Issued at ten o'clock: valid from 9:59 for 24 h 1 min until 10:00.
    private static readonly TimeSpan Issued = TimeSpan.FromHours(10);
    private static readonly Certificate Certificate = Certificate.Issue(Issued);

    [Fact]
    public void Issue_IsDatedBackAMinute_AndEndsAfterADay() =>
        Assert.Equal(new Certificate(At(9, 59), At(34, 0)), Certificate.Issue(Issued + TimeSpan.FromMilliseconds(999)));

    // A third of 24:01 is 8:00:20, so the latest is 25:59:40; a twentieth is 1:12:03.
    [Fact]
    public void Daemon_WaitsUntilAThirdRemains_LessUpToATwentieth() =>
        AssertFills(First(random => new DaemonClient(random)), At(24, 47, 37), At(25, 59, 40));

    // Half an hour before the latest: less than a twentieth away, so anywhere between now and then.
    [Fact]
    public void Daemon_LessThanATwentiethAway_IsAnywhereBeforeTheLatest() =>
        AssertFills(First(random => new DaemonClient(random), At(25, 29, 40)), At(25, 29, 40), At(25, 59, 40));

    [Fact]
    public void Daemon_LessThanAThirdRemains_IsNow_AndEveryMinuteAfterAnError()
    {
        var daemon = new DaemonClient(new HostRandom(1, 1));
        Assert.Equal(At(27, 0), daemon.FirstRequest(Certificate, At(27, 0)));
        Assert.Equal(At(27, 1), daemon.NextRequest(Certificate, At(27, 0)));
    }

    // Eight hours and 24 minutes before the end is 25:36, so from the run at 25:40 on, and at 26:00 for good.
    [Fact]
    public void Cron_RunsEveryFiveMinutes_WithinTheWindow()
    {
        var runs = First(random => new CronClient(random)).GroupBy(Minute).ToDictionary(run => run.Key, run => run.Count());
        Assert.Equal([At(25, 40), At(25, 45), At(25, 50), At(25, 55), At(26, 0)], runs.Keys.Order());
        // 4 of 24 minutes, then 9 of 24 of those that are left.
        Assert.InRange(runs[At(25, 40)] / (double)Hosts, 4 / 24.0 - 0.03, 4 / 24.0 + 0.03);
        Assert.InRange(runs[At(25, 45)] / (double)Hosts, 20 / 24.0 * 9 / 24 - 0.03, 20 / 24.0 * 9 / 24 + 0.03);
    }

    [Fact]
    public void Cron_AfterAFailureInTime_ComesFiveMinutesLater() =>
        Assert.Equal(At(26, 10), Minute(new CronClient(new HostRandom(1, 1)).NextRequest(Certificate, At(26, 5) + TimeSpan.FromSeconds(1))));

    // 66 % of 24:01 are 15:51:03.6, so due from 25:50:03.6 on. The timer of 25:46 catches those with more than 243.6 s of 300.
    [Fact]
    public void Template_IsDueFrom66Percent_AtTheMomentItRuns()
    {
        var requests = First(random => new TemplateClient(random));
        var early = requests.Where(request => request < At(26, 1)).ToList();
        Assert.InRange(early.Count / (double)Hosts, 0.188 - 0.03, 0.188 + 0.03);
        AssertFills(early, At(25, 50, 3.6), At(25, 51) + Timetable.LongestStart);
        AssertFills([.. requests.Except(early)], At(26, 1), At(26, 6) + Timetable.LongestStart);
    }

    [Fact]
    public void Template_AfterAFailure_ComesWithTheNextTimer() =>
        Assert.InRange(new TemplateClient(new HostRandom(1, 1)).NextRequest(Certificate, At(26, 5)), At(26, 16), At(26, 21) + Timetable.LongestStart);

    // Two thirds of 24:01 are over at 25:59:40; a tenth is 2:24:06.
    [Fact]
    public void StepCaRenew_IsNeverLaterThanTwoThirdsAndAnInterval()
    {
        var latest = At(25, 59, 40) + TimeSpan.FromMinutes(15) + Timetable.LongestStart;
        AssertFills(First(random => new StepCaRenewClient(random)), At(23, 35, 34), latest, atTheEnds: 0.07);
    }

    [Fact]
    public void StepCaRenew_AfterFailures_TriesForFiveMinutes_ThenWithTheNextRun()
    {
        var client = new StepCaRenewClient(new HostRandom(1, 1));
        var tries = new List<TimeSpan> { client.FirstRequest(Certificate, Issued) };
        while (tries[^1] < tries[0] + TimeSpan.FromMinutes(14))
            tries.Add(client.NextRequest(Certificate, tries[^1]));
        // Waits of 7.5 to 15 s but for the first five.
        Assert.InRange(tries.Count - 1, 20, 45);
        Assert.Equal(tries[0] + TimeSpan.FromMinutes(5), tries[^2]);
        Assert.InRange(tries[^1] - tries[0] - TimeSpan.FromMinutes(15), -Timetable.LongestStart, Timetable.LongestStart);
        Assert.All(tries.SkipLast(1).Zip(tries.Skip(1).SkipLast(1)), wait => Assert.InRange(wait.Second - wait.First, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(15)));
    }

    private static TimeSpan At(int hours, int minutes, double seconds = 0) => new TimeSpan(hours, minutes, 0) + TimeSpan.FromSeconds(seconds);

    private static TimeSpan Minute(TimeSpan moment) => TimeSpan.FromMinutes(Math.Floor(moment.TotalMinutes));

    private static List<TimeSpan> First(Func<HostRandom, IHostClient> create, TimeSpan? now = null) =>
        [.. Enumerable.Range(0, Hosts).Select(host => create(new HostRandom(1, host)).FirstRequest(Certificate, now ?? Issued))];

    // All are within, and some near both ends.
    private static void AssertFills(List<TimeSpan> requests, TimeSpan from, TimeSpan to, double atTheEnds = 0.02)
    {
        Assert.All(requests, request => Assert.InRange(request, from, to));
        Assert.InRange(requests.Min(), from, from + (to - from) * atTheEnds);
        Assert.InRange(requests.Max(), to - (to - from) * atTheEnds, to);
    }
}
