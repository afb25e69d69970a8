using System.Globalization;
using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;
using System.Text;
using StepCaRenew.Accounts;

namespace StepCaRenew.FileSystem;

/// <summary>
/// Creates files with their access list, so that they never have the one of their folder. Tested under Wine only.
/// </summary>
[SupportedOSPlatform("windows")]
internal static class WindowsNewFile
{
    private const FileSystemRights ReadWrite = FileSystemRights.Read | FileSystemRights.Write | FileSystemRights.Synchronize;

    /// <summary>Creates a file that only this account can open, with the right to change owner and access list later.</summary>
    /// <exception cref="IOException">The file exists, or cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">This account does not have permission to create files in the folder.</exception>
    public static FileStream ForThisAccount(string path)
    {
        var security = Security($"D:P(A;;FA;;;{WindowsAccounts.Current()})");
        try
        {
            return Create(path, ReadWrite | FileSystemRights.ChangePermissions | FileSystemRights.TakeOwnership, FileShare.Read | FileShare.Delete, security);
        }
        catch (UnauthorizedAccessException)
        {
            // A share may refuse these two rights. If they are needed later, that fails then.
            return Create(path, ReadWrite, FileShare.Read | FileShare.Delete, security);
        }
    }

    /// <summary>Creates a private file, open for writing; see <see cref="PrivateRights"/>.</summary>
    /// <inheritdoc cref="ForThisAccount"/>
    public static FileStream Private(string path) => Create(path, FileSystemRights.Write | FileSystemRights.Synchronize, FileShare.None, Security(PrivateSddl(path)));

    /// <summary>Calls a function that creates a file, with the SECURITY_ATTRIBUTES of a private one.</summary>
    public static unsafe T WithPrivateRights<T>(string path, Func<nint, T> make)
    {
        var descriptor = WindowsDescriptor.FromSddl(PrivateSddl(path));
        fixed (byte* bytes = descriptor)
        {
            var attributes = new SecurityAttributes { Length = sizeof(SecurityAttributes), Descriptor = bytes };
            return make((nint)(&attributes));
        }
    }

    /// <summary>Whether accounts that were not named have access to a file; false if that cannot be found out.</summary>
    public static bool IsTooOpen(string path)
    {
        try
        {
            return PrivateRights.IsTooOpen(SddlOf(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Makes an existing file private if it still has the access list of its folder and if this account can.</summary>
    public static void Tighten(string path)
    {
        try
        {
            if (File.Exists(path) && new FileInfo(path).LinkTarget is null && SddlOf(path) is var sddl && PrivateRights.IsTooOpen(sddl))
                WindowsDescriptor.SetAccess(path, PrivateRights.ForExistingFile(sddl, Writer()));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next run of the account that created it does this.
        }
    }

    private static FileStream Create(string path, FileSystemRights rights, FileShare share, FileSecurity security) =>
        new FileInfo(path).Create(FileMode.CreateNew, rights, share, 1, FileOptions.None, security);

    private static string PrivateSddl(string path) => PrivateRights.ForNewFile(FolderOf(path), Writer());

    private static string? FolderOf(string path)
    {
        try
        {
            // A device is not in a folder.
            return Path.GetDirectoryName(path) is { Length: > 0 } folder ? SddlOf(folder) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // An administrator has access through the administrators' group, and loses it when leaving the group.
    private static string? Writer()
    {
        using var identity = WindowsIdentity.GetCurrent();
        return identity.IsSystem || new WindowsPrincipal(identity).IsInRole(WindowsBuiltInRole.Administrator) ? null : identity.User!.Value;
    }

    private static string SddlOf(string path) => WindowsDescriptor.Sddl(WindowsDescriptor.Read(path, followLinks: true));

    private static FileSecurity Security(string sddl)
    {
        var security = new FileSecurity();
        security.SetSecurityDescriptorSddlForm(sddl, AccessControlSections.Access);
        return security;
    }

    /// <summary>SECURITY_ATTRIBUTES.</summary>
    private unsafe struct SecurityAttributes
    {
        public int Length;
        public byte* Descriptor;
        public int IsInherited;
    }
}

/// <summary>
/// The access list of a private file on Windows: SYSTEM, the administrators, the account that writes it, and the accounts
/// that its folder names, such as the account of a run. The right of all users to read, which folders below ProgramData pass
/// on, is left out. Works on text alone, so that it is tested on every platform.
/// </summary>
internal static class PrivateRights
{
    private const string System = WellKnownSids.System;
    private const string Administrators = "S-1-5-32-544";
    private const uint Full = 0x1F01FF;

    /// <summary>The access list of a new file, protected from entries that its folder passes on.</summary>
    /// <param name="folder">The descriptor of its folder as SDDL; null if it cannot be read.</param>
    /// <param name="writer">The SID of the account that creates the file; null if it is SYSTEM or an administrator.</param>
    public static string ForNewFile(string? folder, string? writer) =>
        Sddl(writer, (Read(folder)?.Entries ?? []).Where(entry => entry.IsForFiles && (!entry.IsAllowing || IsAccount(entry.Trustee))));

    /// <summary>
    /// Whether accounts that were not named have access to a file: by an inherited entry, or because there is no list. An entry
    /// that an administrator added to the file itself is intended.
    /// </summary>
    /// <param name="file">The descriptor of the file as SDDL.</param>
    public static bool IsTooOpen(string file) => Read(file) is not { Entries: { } entries } || entries.Any(IsTooOpen);

    /// <summary>The access list that an existing file should have.</summary>
    /// <inheritdoc cref="ForNewFile"/>
    /// <param name="file">The descriptor of the file as SDDL.</param>
    /// <param name="writer">The SID of the account that writes it; null if it is SYSTEM or an administrator.</param>
    public static string ForExistingFile(string file, string? writer) =>
        Sddl(writer, (Read(file)?.Entries ?? []).Where(entry => !entry.IsInheritOnly && !IsTooOpen(entry) && entry.Trustee is not (System or Administrators)));

    /// <summary>
    /// Whether a SID is that of an account, a service or a group that was created: not of everyone, all users, or all users who
    /// are logged on in some way.
    /// </summary>
    public static bool IsAccount(string sid)
    {
        if (sid is WellKnownSids.LocalService or WellKnownSids.NetworkService || StartsWithAny(sid, "S-1-5-80-", "S-1-5-82-", "S-1-5-83-", "S-1-12-1-"))
            return true;
        // Numbers below 1000 are built-in groups, such as the users of a domain (513); 500 is the Administrator.
        return StartsWithAny(sid, "S-1-5-21-")
            && uint.TryParse(sid.AsSpan(sid.LastIndexOf('-') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is 500 or >= 1000;
    }

    private static bool IsTooOpen(DaclEntry entry) =>
        entry is { IsAllowing: true, IsInheritOnly: false, IsInherited: true } && !IsAccount(entry.Trustee) && !WellKnownSids.Trusted.Contains(entry.Trustee);

    private static string Sddl(string? writer, IEnumerable<DaclEntry> others)
    {
        var text = new StringBuilder("D:P");
        var entries = others.ToList();
        // Denying entries come first, as Windows requires.
        foreach (var entry in entries.Where(entry => !entry.IsAllowing).Distinct())
            text.Append(entry.ForFile);
        text.Append(CultureInfo.InvariantCulture, $"(A;;FA;;;{System})(A;;FA;;;{Administrators})");
        if (writer is not null)
            text.Append(CultureInfo.InvariantCulture, $"(A;;FA;;;{writer})");
        foreach (var entry in entries.Where(entry => entry.IsAllowing && !(entry.Trustee == writer && entry.FileRights == Full)).Select(entry => entry.ForFile).Distinct())
            text.Append(entry);
        return text.ToString();
    }

    private static Dacl? Read(string? sddl)
    {
        try
        {
            return sddl is null ? null : Dacl.Parse(sddl);
        }
        catch (FormatException)
        {
            // Entries that are not understood are left out.
            return null;
        }
    }

    private static bool StartsWithAny(string sid, params string[] starts) => starts.Any(start => sid.StartsWith(start, StringComparison.Ordinal));
}
