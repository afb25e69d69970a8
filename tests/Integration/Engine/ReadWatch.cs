using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace StepCaRenew.Integration.Engine;

/// <summary>Counts how often files of a folder are opened and read, by any process: the kernel reports it (inotify).</summary>
[SupportedOSPlatform("linux")]
internal sealed partial class ReadWatch : IDisposable
{
    private const uint Access = 0x1;
    private const uint Open = 0x20;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int HeaderLength = 16;

    private readonly SafeFileHandle queue;
    private readonly List<(uint Event, string Name)> events = [];

    public ReadWatch(string folder)
    {
        queue = new SafeFileHandle(Create(NonBlocking | CloseOnExec), ownsHandle: true);
        Assert.False(queue.IsInvalid);
        Assert.True(Add(queue, folder, Access | Open) >= 0);
    }

    /// <summary>How often a file was opened by its name and then read; an open for its permissions alone does not count.</summary>
    public int CountReads(string name)
    {
        Collect();
        var (reads, isCounted) = (0, true);
        foreach (var one in events.Where(one => one.Name == name))
        {
            if (one.Event == Open)
            {
                isCounted = false;
            }
            else if (!isCounted)
            {
                reads++;
                isCounted = true;
            }
        }

        return reads;
    }

    public void Dispose() => queue.Dispose();

    private void Collect()
    {
        var buffer = new byte[64 * 1024];
        while (Read(queue, buffer, buffer.Length) is > 0 and var length)
        {
            for (var at = 0; at < length;)
            {
                var nameLength = BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(at + 12));
                events.Add((BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(at + 4)), Encoding.UTF8.GetString(buffer, at + HeaderLength, nameLength).TrimEnd('\0')));
                at += HeaderLength + nameLength;
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    private static partial int Create(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Add(SafeFileHandle queue, string path, uint mask);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle queue, byte[] buffer, nint count);
}
