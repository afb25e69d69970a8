using Microsoft.Extensions.Logging;
using StepCaRenew.FileSystem;
using StepCaRenew.Renewal;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>One pair during one attempt: its files, its folders, which are opened once, and what works in them.</summary>
internal sealed class OpenPair
{
    /// <summary>Takes over what the look has opened.</summary>
    /// <param name="request">The request.</param>
    /// <param name="glance">Where the pair was seen.</param>
    /// <param name="volumes">Makes the file system over the folders that are opened.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="logger">Told of what is recovered.</param>
    public OpenPair(RenewalRequest request, PairGlance glance, Func<OpenFolders, IVolume> volumes, TimeProvider clock, ILogger logger)
    {
        (Paths, Folders) = (glance.Paths, glance.Folders);
        Volume = volumes(Folders);
        Reader = new PairReader(Folders, request, Paths, glance.KeyPath);
        Recovery = new PairRecovery(Volume, clock, logger);
    }

    /// <summary>The files, links resolved.</summary>
    public PairPaths Paths { get; }

    /// <summary>The open folders.</summary>
    public OpenFolders Folders { get; }

    /// <summary>The file system.</summary>
    public IVolume Volume { get; }

    /// <summary>Reads the pair by the names that the user knows.</summary>
    public PairReader Reader { get; }

    /// <summary>Finishes or undoes what a crash left.</summary>
    public PairRecovery Recovery { get; }
}
