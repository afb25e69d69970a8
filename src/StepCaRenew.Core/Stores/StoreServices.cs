using Microsoft.Extensions.Logging;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Stores;

/// <summary>The services that a store needs.</summary>
internal sealed record StoreServices(TimeProvider Clock, ILogger Logger)
{
    /// <summary>Makes the file system over the folders of a store; tests make others, which crash.</summary>
    public Func<OpenFolders, IVolume> Volumes { get; init; } = folders => new Volume(folders);
}
