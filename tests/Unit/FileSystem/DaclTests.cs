using StepCaRenew.FileSystem;

namespace StepCaRenew.Unit.FileSystem;

/// <summary>Access lists of Windows, compared from their text alone.</summary>
public sealed class DaclTests
{
    [Theory]
    [InlineData("O:BAD:(A;;FA;;;SY)(A;;FR;;;BU)", "O:SYD:(A;;0x1f01ff;;;S-1-5-18)(A;;0x120089;;;S-1-5-32-545)")]
    [InlineData("D:AI(A;ID;FA;;;SY)", "D:(A;;FA;;;SY)")]
    [InlineData("D:PAI(A;;GA;;;SY)", "D:P(A;;FA;;;SY)")]
    [InlineData("D:(A;;GRGX;;;BU)", "D:(A;;FRFX;;;BU)")]
    [InlineData("D:(A;OICI;FA;;;SY)", "D:(A;CIOI;FA;;;SY)")]
    [InlineData("D:NO_ACCESS_CONTROL", "O:BA")]
    [InlineData("D:", "D:")]
    [InlineData("D:(XA;;FR;;;BU;(@User.Title==\"P\"))", "D:(XA;;FR;;;BU;(@User.Title==\"P\"))")]
    public void GrantsTheSame_WrittenOtherwise_IsTrue(string one, string other)
    {
        Assert.True(Dacl.Parse(one).GrantsTheSameAs(Dacl.Parse(other)));
        Assert.True(Dacl.Parse(one).IsAtLeastAsStrictAs(Dacl.Parse(other)));
    }

    [Theory]
    [InlineData("D:(A;;FA;;;SY)", "D:P(A;;FA;;;SY)")] // The folder could pass on more later.
    [InlineData("D:(A;;FA;;;SY)", "D:(A;;FR;;;SY)")]
    [InlineData("D:(A;;FA;;;SY)", "D:(A;;FA;;;BA)")]
    [InlineData("D:(A;;FA;;;SY)", "D:(A;OI;FA;;;SY)")]
    [InlineData("D:(A;;FA;;;SY)", "D:(D;;FA;;;SY)")]
    [InlineData("D:(D;;FR;;;BU)(A;;FA;;;SY)", "D:(A;;FA;;;SY)(D;;FR;;;BU)")] // The order decides.
    [InlineData("D:(XA;;FR;;;BU;(@User.Title==\"P\"))", "D:(XA;;FR;;;BU;(@User.Title==\"Q\"))")]
    [InlineData("D:", "D:NO_ACCESS_CONTROL")] // Nobody, and everyone.
    public void GrantsTheSame_AnotherList_IsFalse(string one, string other)
    {
        Assert.False(Dacl.Parse(one).GrantsTheSameAs(Dacl.Parse(other)));
        Assert.False(Dacl.Parse(other).GrantsTheSameAs(Dacl.Parse(one)));
    }

    [Theory]
    [InlineData("D:(A;;FA;;;SY)", "D:(A;;FA;;;SY)(A;;FR;;;BU)")]
    [InlineData("D:(A;;FR;;;BU)", "D:(A;;FRFX;;;BU)")]
    [InlineData("D:(A;;FR;;;BU)", "D:(A;;0x80;;;BU)(A;;0x120009;;;BU)")] // Together.
    [InlineData("D:(D;;FA;;;BU)(A;;FR;;;BU)", "D:(A;;FR;;;BU)")]
    [InlineData("D:(A;OIIO;FA;;;WD)(A;;FR;;;SY)", "D:(A;;FR;;;SY)")] // Passed on by a file to nobody.
    [InlineData("D:(A;;FA;;;WD)", "D:NO_ACCESS_CONTROL")]
    public void IsAtLeastAsStrictAs_StricterList_IsTrue(string list, string than) => Assert.True(Dacl.Parse(list).IsAtLeastAsStrictAs(Dacl.Parse(than)));

    [Theory]
    [InlineData("D:(A;;FA;;;SY)(A;;FR;;;BU)", "D:(A;;FA;;;SY)")]
    [InlineData("D:(A;;FA;;;SY)(A;ID;0x1200a9;;;BU)", "D:P(A;;FA;;;SY)")] // Passed on by the folder.
    [InlineData("D:(A;;FRFX;;;BU)", "D:(A;;FR;;;BU)")]
    [InlineData("D:(A;;FR;;;BU)", "D:(D;;FA;;;BU)(A;;FR;;;BU)")] // It no longer denies.
    [InlineData("D:(A;;FR;;;BU)", "D:(A;OIIO;FR;;;BU)")]
    [InlineData("D:(A;OICI;FA;;;WD)", "D:(A;;FR;;;WD)")] // It is inherited, and applies to the file as well.
    [InlineData("D:(A;;FR;;;BU)", "D:(XA;;FR;;;BU;(@User.Title==\"P\"))")] // The condition is gone.
    [InlineData("D:NO_ACCESS_CONTROL", "D:(A;;FA;;;WD)")]
    [InlineData("O:BA", "D:(A;;FA;;;WD)")]
    public void IsAtLeastAsStrictAs_LooserList_IsFalse(string list, string than) => Assert.False(Dacl.Parse(list).IsAtLeastAsStrictAs(Dacl.Parse(than)));

    [Theory]
    [InlineData("D:(A;;FA)")]
    [InlineData("D:(A;;FA;;;ZZ)")]
    [InlineData("D:(A;;ZZ;;;BU)")]
    [InlineData("O:ZZD:")]
    [InlineData("D:(Z;;FR;;;BU)")]
    public void Parse_NoSddl_IsAnError(string sddl) => Assert.Throws<FormatException>(() => Dacl.Parse(sddl));
}
