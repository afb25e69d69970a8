using StepCaRenew.Certificates;
using StepCaRenew.Files;

namespace StepCaRenew.Renewals;

/// <summary>The files of a registration: written so that the definition comes last, and put back where it can't be finished.</summary>
internal sealed class RegistrationFiles(Registration registration)
{
    private readonly List<(string Path, byte[]? Before)> written = [];

    /// <summary>Makes the folders and writes the files.</summary>
    /// <returns>False where all of them were as they should be.</returns>
    /// <exception cref="RenewalException">One can't be written.</exception>
    public bool Write()
    {
        var (store, definition, folders) = (registration.Store, registration.Definition, registration.Store.Folders);
        var logs = Path.GetDirectoryName(RegisteredRenewal.LogOf(folders, definition))!;
        var hasLogs = Directory.Exists(logs);
        foreach (var folder in new[] { folders.Definitions, folders.StateOf(definition.Name), logs })
            OwnFolder.Make(folder, definition.Scope);
        // The account of the run writes its state and its log; another one than root must be able to.
        OwnFolder.GiveTo(registration.Run.Account, folders.StateOf(definition.Name));
        // A folder that was there is somebody's; whether the account can write in it was checked.
        if (definition.LogPath is null || !hasLogs)
            OwnFolder.GiveTo(registration.Run.Account, logs);

        var isChanged = Put(store.RootOf(definition.Name), registration.Root.Span, isPrivate: false);
        if (registration.HealthCheckUri is { } uri)
            isChanged |= Put(store.HealthCheckOf(definition.Name), TextFile.Encode(uri.AbsoluteUri + "\n"), isPrivate: true, owner: true);
        // A hand that wrote comments into it and changed nothing keeps its file.
        if (!IsThereAlready())
        {
            Remember(folders.DefinitionOf(definition.Name));
            store.Save(definition);
            isChanged = true;
        }

        if (registration.HealthCheckUri is null && File.Exists(store.HealthCheckOf(definition.Name)))
        {
            Remember(store.HealthCheckOf(definition.Name));
            WholeFile.Delete(store.HealthCheckOf(definition.Name));
        }

        return isChanged;
    }

    /// <summary>Makes the files what they were.</summary>
    public void PutBack()
    {
        foreach (var (path, before) in Enumerable.Reverse(written))
        {
            try
            {
                if (before is null)
                    WholeFile.Delete(path);
                else
                    WholeFile.Write(path, before, isPrivate: path == registration.Store.HealthCheckOf(registration.Definition.Name));
            }
            catch (RenewalException)
            {
                // The error that led here is the one to be told.
            }
        }
    }

    private bool IsThereAlready()
    {
        try
        {
            return registration.Definition.SaysTheSameAs(registration.Store.Load(registration.Definition.Name));
        }
        catch (RenewalException)
        {
            return false;
        }
    }

    private bool Put(string path, ReadOnlySpan<byte> content, bool isPrivate, bool owner = false)
    {
        Remember(path);
        var isChanged = WholeFile.Write(path, content, isPrivate);
        if (owner)
            OwnFolder.GiveTo(registration.Run.Account, path);
        return isChanged;
    }

    private void Remember(string path) => written.Add((path, File.Exists(path) ? InputFile.Read(path, "file").Bytes : null));
}
