using System.Runtime.InteropServices;

namespace StepCaRenew.Unit.Fixtures;

/// <summary>Another local time for the whole process; only for tests that run alone (<see cref="Collection"/>).</summary>
internal sealed partial class LocalTimeZone : IDisposable
{
    public const string Collection = "Local time zone";

    private readonly string? before = Environment.GetEnvironmentVariable("TZ");

    public LocalTimeZone(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows reads no TZ.");
        Set(name);
        Assert.SkipUnless(TimeZoneInfo.Local.Id == name, $"This machine does not know the time zone {name}.");
    }

    public void Dispose() => Set(before);

    private static void Set(string? name)
    {
        Environment.SetEnvironmentVariable("TZ", name);
        TimeZoneInfo.ClearCachedData();
        // .NET has its own copy of the environment; OpenSSL reads that of the C library.
        _ = name is null ? UnsetVariable("TZ") : SetVariable("TZ", name, 1);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "unsetenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnsetVariable(string name);
}

/// <summary>The tests of this group run when no others do.</summary>
[CollectionDefinition(LocalTimeZone.Collection, DisableParallelization = true)]
public sealed class LocalTimeZoneGroup;
