using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using StepCaRenew.Accounts;
using StepCaRenew.Certificates;
using StepCaRenew.FileSystem;
using StepCaRenew.Stores.WindowsStore;

namespace StepCaRenew.Stores;

/// <summary>The services that a store needs.</summary>
internal sealed record StoreServices(TimeProvider Clock, ILogger Logger)
{
    /// <summary>Decodes the issuers in certificate files; null if nothing is cached.</summary>
    public IssuerCache? Issuers { get; init; }

    /// <summary>Services that only read, without a log.</summary>
    public static StoreServices ForReading(TimeProvider clock) => new(clock, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);

    /// <summary>By the path of a certificate file that was read: its public key, to find one that shares the key of a pair.</summary>
    public ConcurrentDictionary<string, string> PublicKeys { get; } = new();

    /// <summary>The certificate stores; tests have others.</summary>
    public ICertificateStores CertificateStores { get; init; } = new SystemStores();

    /// <summary>The folder of the records about the stores of a scope.</summary>
    public Func<RenewalScope, string> StoreRecords { get; init; } = scope => RenewalFolders.ForScope(scope, Environment.GetEnvironmentVariable).Stores;

    /// <summary>Makes the file system over the folders of a store; tests make others, which crash.</summary>
    public Func<OpenFolders, IVolume> Volumes { get; init; } = folders => new Volume(folders);
}
