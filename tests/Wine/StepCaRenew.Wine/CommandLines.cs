using System.Runtime.InteropServices;
using System.Text;
using StepCaRenew.Scheduling.Windows;

namespace StepCaRenew.Wine;

/// <summary>Command lines taken apart by CommandLineToArgvW itself, as Wine has it.</summary>
internal static partial class CommandLines
{
    private const int Count = 2000;
    private const int Seed = 20261125;

    private static readonly string[] Pieces = ["\"", "\\", "\\\\", " ", "\t", "'", "&", "^", "<", "a", "\u00fc", "\u65e5", "\ud83d\udd11", "\u00a0", "\n", "C:\\", "-", "\"\""];

    public static string Check()
    {
        var random = new Random(Seed);
        for (var number = 0; number < Count; number++)
        {
            string[] arguments = [.. Enumerable.Range(0, random.Next(8)).Select(_ => Text(random))];
            var line = $@"C:\pwsh.exe {WindowsCommandLine.Join(arguments)}";
            if (!Split(line).Skip(1).SequenceEqual(arguments))
                return $"number {number} of seed {Seed}: {line}";
        }

        return $"{Count} came back";
    }

    private static string Text(Random random)
    {
        var text = new StringBuilder();
        for (var pieces = random.Next(12); pieces > 0; pieces--)
            text.Append(Pieces[random.Next(Pieces.Length)]);
        return text.ToString();
    }

    private static string[] Split(string line)
    {
        var list = CommandLineToArgv(line, out var count);
        try
        {
            return [.. Enumerable.Range(0, count).Select(one => Marshal.PtrToStringUni(Marshal.ReadIntPtr(list, one * nint.Size))!)];
        }
        finally
        {
            Marshal.FreeHGlobal(list);
        }
    }

    [LibraryImport("shell32", EntryPoint = "CommandLineToArgvW", StringMarshalling = StringMarshalling.Utf16)]
    private static partial nint CommandLineToArgv(string line, out int count);
}
