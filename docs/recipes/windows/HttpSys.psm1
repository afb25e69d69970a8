# The TLS bindings of http.sys, the HTTP server in Windows' kernel. IIS, HttpListener and netsh http keep their bindings there.
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

# HttpUpdateServiceConfiguration replaces a binding in one step; the record that was read is written back with another hash, so that all
# other settings stay. The structures are HTTP_SERVICE_CONFIG_SSL_SET and HTTP_SERVICE_CONFIG_SSL_SNI_SET (http.h).
$source = @'
using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Net;
using System.Runtime.InteropServices;

namespace StepCaRenew.Recipes
{
    public sealed class HttpSysBinding
    {
        public string Address { get; init; } = "";
        public string Thumbprint { get; init; } = "";
        public string Store { get; init; } = "";
        internal bool IsByName { get; init; }
        internal byte[] Record { get; init; } = [];
        internal long ReadAt { get; init; }
    }

    public static class HttpSys
    {
        private const int Success = 0, NoFile = 2, MoreData = 122, NoMoreItems = 259;
        private const uint ConfigurationFlag = 2;
        private const int ByAddress = 1, ByName = 5;

        public static HttpSysBinding[] Read()
        {
            var found = new List<HttpSysBinding>();
            Require(HttpInitialize(2, ConfigurationFlag, IntPtr.Zero), "HttpInitialize");
            try
            {
                ReadAll(false, found);
                ReadAll(true, found);
            }
            finally
            {
                HttpTerminate(ConfigurationFlag, IntPtr.Zero);
            }
            return found.ToArray();
        }

        public static void Replace(HttpSysBinding binding, string thumbprint)
        {
            var hash = Convert.FromHexString(thumbprint);
            Require(HttpInitialize(2, ConfigurationFlag, IntPtr.Zero), "HttpInitialize");
            var buffer = Marshal.AllocHGlobal(binding.Record.Length);
            try
            {
                Marshal.Copy(binding.Record, 0, buffer, binding.Record.Length);
                Relocate(buffer, binding);
                var start = buffer + Parameters(binding.IsByName);
                if (Marshal.ReadInt32(start) != hash.Length)
                    throw new InvalidOperationException("The binding of " + binding.Address + " has a hash of another length.");
                Marshal.Copy(hash, 0, Marshal.ReadIntPtr(start + 8), hash.Length);
                Require(HttpUpdateServiceConfiguration(IntPtr.Zero, binding.IsByName ? ByName : ByAddress, buffer, binding.Record.Length, IntPtr.Zero, 0, IntPtr.Zero), "HttpUpdateServiceConfiguration");
            }
            finally
            {
                Marshal.FreeHGlobal(buffer);
                HttpTerminate(ConfigurationFlag, IntPtr.Zero);
            }
        }

        private static void ReadAll(bool isByName, List<HttpSysBinding> found)
        {
            var kind = isByName ? ByName : ByAddress;
            // Query: next record, by a key that is not read; then the index of the record.
            var query = Marshal.AllocHGlobal(isByName ? 152 : 24);
            try
            {
                for (var index = 0; ; index++)
                {
                    for (var at = 0; at < (isByName ? 152 : 24); at++)
                        Marshal.WriteByte(query, at, 0);
                    Marshal.WriteInt32(query, 1);
                    Marshal.WriteInt32(query, isByName ? 144 : 16, index);
                    var status = HttpQueryServiceConfiguration(IntPtr.Zero, kind, query, isByName ? 152 : 24, IntPtr.Zero, 0, out var length, IntPtr.Zero);
                    if (status == NoMoreItems || status == NoFile)
                        return;
                    if (status != MoreData)
                        Require(status, "HttpQueryServiceConfiguration");
                    var record = Marshal.AllocHGlobal(length);
                    try
                    {
                        Require(HttpQueryServiceConfiguration(IntPtr.Zero, kind, query, isByName ? 152 : 24, record, length, out length, IntPtr.Zero), "HttpQueryServiceConfiguration");
                        found.Add(Describe(record, length, isByName));
                    }
                    finally
                    {
                        Marshal.FreeHGlobal(record);
                    }
                }
            }
            finally
            {
                Marshal.FreeHGlobal(query);
            }
        }

        private static HttpSysBinding Describe(IntPtr record, int length, bool isByName)
        {
            var bytes = new byte[length];
            Marshal.Copy(record, bytes, 0, length);
            var start = record + Parameters(isByName);
            var hash = new byte[Marshal.ReadInt32(start)];
            Marshal.Copy(Marshal.ReadIntPtr(start + 8), hash, 0, hash.Length);
            var store = Marshal.ReadIntPtr(start + 32);
            var socket = isByName ? record : Marshal.ReadIntPtr(record);
            var host = isByName ? Marshal.PtrToStringUni(Marshal.ReadIntPtr(record + 128)) : Ip(socket).ToString();
            return new HttpSysBinding
            {
                Address = host + ":" + (ushort)IPAddress.NetworkToHostOrder(Marshal.ReadInt16(socket + 2)),
                Thumbprint = Convert.ToHexString(hash),
                Store = store == IntPtr.Zero ? "MY" : Marshal.PtrToStringUni(store),
                IsByName = isByName,
                Record = bytes,
                ReadAt = record.ToInt64(),
            };
        }

        private static IPAddress Ip(IntPtr socket)
        {
            var isSix = Marshal.ReadInt16(socket) != 2;
            var bytes = new byte[isSix ? 16 : 4];
            Marshal.Copy(socket + (isSix ? 8 : 4), bytes, 0, bytes.Length);
            return new IPAddress(bytes);
        }

        // A record has pointers into itself: they move with it.
        private static void Relocate(IntPtr buffer, HttpSysBinding binding)
        {
            var start = Parameters(binding.IsByName);
            foreach (var at in new[] { binding.IsByName ? 128 : 0, start + 8, start + 32, start + 56, start + 64 })
            {
                var offset = Marshal.ReadInt64(buffer + at) - binding.ReadAt;
                if (offset >= 0 && offset < binding.Record.Length)
                    Marshal.WriteIntPtr(buffer + at, buffer + (int)offset);
            }
        }

        // The key is a pointer to an address, or an address of 128 bytes and a pointer to a host name.
        private static int Parameters(bool isByName) => isByName ? 136 : 8;

        private static void Require(int status, string what)
        {
            if (status != Success)
                throw new Win32Exception(status, what + ": " + new Win32Exception(status).Message);
        }

        [DllImport("httpapi.dll")]
        private static extern int HttpInitialize(uint version, uint flags, IntPtr reserved);

        [DllImport("httpapi.dll")]
        private static extern int HttpTerminate(uint flags, IntPtr reserved);

        [DllImport("httpapi.dll")]
        private static extern int HttpQueryServiceConfiguration(IntPtr handle, int kind, IntPtr input, int inputLength, IntPtr output, int outputLength, out int returned, IntPtr overlapped);

        [DllImport("httpapi.dll")]
        private static extern int HttpUpdateServiceConfiguration(IntPtr handle, int kind, IntPtr information, int length, IntPtr reserved, int reservedLength, IntPtr overlapped);
    }
}
'@

if (-not ('StepCaRenew.Recipes.HttpSys' -as [type])) { Add-Type -TypeDefinition $source }

function Get-HttpSysBinding {
    <#
    .SYNOPSIS
        The TLS bindings of http.sys: Address (address or host, and port), Thumbprint, Store.
    #>
    [CmdletBinding()]
    param()
    [StepCaRenew.Recipes.HttpSys]::Read()
}

function Set-HttpSysBinding {
    <#
    .SYNOPSIS
        Gives a binding another certificate of the same store, and keeps all other settings.
    #>
    [CmdletBinding(SupportsShouldProcess)]
    param([Parameter(Mandatory)] [object] $Binding, [Parameter(Mandatory)] [string] $Thumbprint)
    if (-not $PSCmdlet.ShouldProcess($Binding.Address, "Replace certificate $($Binding.Thumbprint) by $Thumbprint")) { return }
    try {
        [StepCaRenew.Recipes.HttpSys]::Replace($Binding, $Thumbprint)
    }
    catch {
        if ($_.Exception.GetBaseException() -isnot [EntryPointNotFoundException]) { throw }
        throw 'This Windows cannot replace a binding in one step (Windows 10 1703 or Server 2019 can). Use netsh http delete sslcert and add sslcert.'
    }
}

Export-ModuleMember -Function Get-HttpSysBinding, Set-HttpSysBinding
