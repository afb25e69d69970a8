using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Stores;

/// <summary>The services that a store needs.</summary>
internal sealed record StoreServices(TimeProvider Clock, ILogger Logger)
{
    /// <summary>By the path of a certificate file that was read: its public key, to find one that shares the key of a pair.</summary>
    public ConcurrentDictionary<string, string> PublicKeys { get; } = new();

    /// <summary>Makes the file system over the folders of a store; tests make others, which crash.</summary>
    public Func<OpenFolders, IVolume> Volumes { get; init; } = folders => new Volume(folders);
}
