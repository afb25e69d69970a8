using System.Reflection;
using System.Runtime.InteropServices;
using StepCaRenew.Scheduling.Windows.Com;

namespace StepCaRenew.Unit.Scheduling.Windows;

public sealed class VariantTests
{
    private static readonly FieldInfo[] Fields = typeof(Variant).GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public);

    // Of a 32-bit process, which no test runs in, the layout can only be computed.
    [Theory]
    [InlineData(4, 16)]
    [InlineData(8, 24)]
    public void Size_ForPointersOf_IsThatOfOaidl(int width, int expected)
    {
        Assert.Equal(LayoutKind.Sequential, typeof(Variant).StructLayoutAttribute!.Value);
        var end = 0;
        foreach (var field in Fields)
        {
            var size = field.FieldType == typeof(ushort) ? 2 : field.FieldType == typeof(nint) ? width : throw new InvalidOperationException($"{field.FieldType}");
            end = ((end + size - 1) / size * size) + size;
        }

        Assert.Equal(expected, end);
    }

    [Fact]
    public void Size_OfThisProcess_IsThatOfOaidl() => Assert.Equal(8 + (2 * IntPtr.Size), Marshal.SizeOf<Variant>());

    [Fact]
    public void Text_Offset_IsAfterTheFourFields()
    {
        Assert.Equal(["type", "reserved1", "reserved2", "reserved3", "text", "rest"], Fields.OrderBy(field => Marshal.OffsetOf<Variant>(field.Name)).Select(field => field.Name));
        Assert.Equal(8, Marshal.OffsetOf<Variant>("text"));
    }

    [Fact]
    public void Text_OfAString_IsABstr()
    {
        using var variant = Variant.FromText("web");
        var bytes = new byte[Marshal.SizeOf<Variant>()];
        MemoryMarshal.Write(bytes, variant);
        Assert.Equal(8, BitConverter.ToInt16(bytes));
        Assert.Equal("web", Marshal.PtrToStringBSTR(MemoryMarshal.Read<nint>(bytes.AsSpan(8))));
    }
}
