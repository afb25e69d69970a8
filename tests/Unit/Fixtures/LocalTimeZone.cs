namespace StepCaRenew.Unit.Fixtures;

/// <summary>Another local time for the whole process; only for tests that run alone (<see cref="Collection"/>).</summary>
internal sealed class LocalTimeZone : IDisposable
{
    public const string Collection = "Local time zone";

    public LocalTimeZone(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows reads no TZ.");
        Set(name);
        Assert.SkipUnless(TimeZoneInfo.Local.Id == name, $"This machine does not know the time zone {name}.");
    }

    public void Dispose() => Set(null);

    private static void Set(string? name)
    {
        Environment.SetEnvironmentVariable("TZ", name);
        TimeZoneInfo.ClearCachedData();
    }
}

/// <summary>Its tests run when no others do.</summary>
[CollectionDefinition(LocalTimeZone.Collection, DisableParallelization = true)]
public sealed class LocalTimeZoneGroup;
