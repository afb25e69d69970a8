using System.Runtime.Versioning;
using Microsoft.Extensions.Logging.Abstractions;
using StepCaRenew.Certificates.Pem;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Registration;

/// <summary>Writes the files of a registration, the definition last, and restores them if the registration fails.</summary>
internal sealed class RegistrationFiles(PlannedRegistration registration)
{
    private readonly List<(string Path, byte[]? Before)> written = [];

    // The definition names them, and is written last.
    private IEnumerable<(string Path, ReadOnlyMemory<byte> Content)> Companions
    {
        get
        {
            var (store, name) = (registration.Store, registration.Definition.Name);
            yield return (store.RootFile(name), registration.Root);
            if (registration.HealthCheckUri is { } uri)
                yield return (store.MonitorFile(name), TextFile.Encode(uri.AbsoluteUri + "\n"));
            foreach (var (path, address) in registration.NotifierUris)
                yield return (path, TextFile.Encode(address.AbsoluteUri + "\n"));
        }
    }

    /// <summary>The files that <see cref="Write"/> would change.</summary>
    public IReadOnlyList<string> FindChanged() =>
    [
        .. Companions.Where(file => !AtomicFile.IsSame(file.Path, file.Content.Span, IsPrivate(file.Path))).Select(file => file.Path),
        .. IsUnchanged() ? [] : new[] { registration.Store.Folders.DefinitionFile(registration.Definition.Name) },
    ];

    /// <summary>The files of an earlier registration that <see cref="Write"/> deletes.</summary>
    public IReadOnlyList<string> FindObsolete()
    {
        var (store, name) = (registration.Store, registration.Definition.Name);
        var monitor = registration.HealthCheckUri is null && File.Exists(store.MonitorFile(name)) ? new[] { store.MonitorFile(name) } : [];
        return [.. monitor, .. store.NotifierFiles(name).Where(path => !registration.NotifierUris.ContainsKey(path))];
    }

    /// <summary>Creates the folders and writes the files.</summary>
    /// <returns>Whether any file was changed.</returns>
    /// <exception cref="RenewalException">A file cannot be written.</exception>
    public bool Write()
    {
        var (store, definition, folders) = (registration.Store, registration.Definition, registration.Store.Folders);
        var logs = Path.GetDirectoryName(RegisteredRenewal.LogOf(folders, definition))!;
        OwnFolder.Make(folders.Definitions, definition.Scope);
        // The account of the run writes the state and the log.
        MakeOrGive(folders.StateFolder(definition.Name));
        // The owner of an existing folder of -LogPath stays; that the account can write in it was checked before.
        if (definition.LogPath is null)
            MakeOrGive(logs);
        else
            OwnFolder.MakeFor(registration.Run.Account, logs, definition.Scope);

        var isChanged = false;
        foreach (var (path, content) in Companions)
            isChanged |= WriteFile(path, content.Span);
        // A definition with the same content keeps its comments.
        if (!IsUnchanged())
        {
            Remember(folders.DefinitionFile(definition.Name));
            store.Save(definition);
            isChanged = true;
        }

        if (OperatingSystem.IsWindows())
            RestrictOnWindows();

        foreach (var path in FindObsolete())
            DeleteFile(path);
        return isChanged;
    }

    /// <summary>Restores the earlier files.</summary>
    public void Restore()
    {
        foreach (var (path, before) in Enumerable.Reverse(written))
        {
            try
            {
                if (before is null)
                    AtomicFile.Delete(path);
                else
                    AtomicFile.Write(path, before, IsPrivate(path));
            }
            catch (RenewalException)
            {
                // The first error is reported.
            }
        }

        try
        {
            if (written.Exists(one => one.Before is not null))
                RestoreOwner();
        }
        catch (RenewalException)
        {
            // The first error is reported.
        }
    }

    private void DeleteFile(string path)
    {
        Remember(path);
        AtomicFile.Delete(path);
    }

    private void MakeOrGive(string folder)
    {
        OwnFolder.Make(folder, registration.Definition.Scope);
        OwnFolder.GiveTo(registration.Run.Account, folder);
    }

    private bool IsUnchanged()
    {
        try
        {
            return registration.Definition.IsEquivalentTo(registration.Store.Load(registration.Definition.Name));
        }
        catch (RenewalException)
        {
            return false;
        }
    }

    private bool WriteFile(string path, ReadOnlySpan<byte> content)
    {
        Remember(path);
        var isChanged = AtomicFile.Write(path, content, IsPrivate(path));
        if (IsPrivate(path))
            OwnFolder.GiveTo(registration.Run.Account, path);
        return isChanged;
    }

    // Files of older versions can have the permissions of their folder, with which all users can read.
    [SupportedOSPlatform("windows")]
    private void RestrictOnWindows()
    {
        var (folders, name) = (registration.Store.Folders, registration.Definition.Name);
        WindowsNewFile.Tighten(folders.DefinitionFile(name));
        OwnFolder.GiveTo(registration.Run.Account, folders.DefinitionFile(name));
        WindowsNewFile.Tighten(new StateStore(folders, NullLogger.Instance).PathOf(name));
        WindowsNewFile.Tighten(RegisteredRenewal.UsualLogOf(folders, name));
    }

    // Private files belong to the account of the earlier registration.
    private void RestoreOwner()
    {
        var account = RunAccount.FromDefinition(registration.Store.Load(registration.Definition.Name));
        foreach (var path in written.Select(one => one.Path).Where(path => IsPrivate(path) && File.Exists(path)))
            OwnFolder.GiveTo(account, path);
    }

    private bool IsPrivate(string path) => registration.Store.IsPrivate(registration.Definition.Name, path);

    private void Remember(string path) => written.Add((path, File.Exists(path) ? InputFile.Read(path, "file").Bytes : null));
}
