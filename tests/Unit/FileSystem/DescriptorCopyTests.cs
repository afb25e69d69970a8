using StepCaRenew.FileSystem;

namespace StepCaRenew.Unit.FileSystem;

/// <summary>Owner and access list of a renewed file on Windows: what is set, in which order, and what is done if it is refused.</summary>
public sealed class DescriptorCopyTests
{
    private const string Alice = "O:S-1-5-21-1-2-3-1001";
    private const string Folder = "D:AI(A;ID;FA;;;SY)(A;ID;0x1200a9;;;BU)";
    private const string Moved = "D:AI(A;ID;FA;;;SY)(A;ID;FA;;;S-1-5-21-1-2-3-1001)";

    [Fact]
    public void Run_EverythingIsAsItShouldBe_SetsNothing()
    {
        var file = new NewFile("O:SY" + Moved, "O:SY" + Moved);
        Assert.Equal(DescriptorOutcome.Kept, DescriptorCopy.Run(file.Model, file));
        Assert.Empty(file.Calls);
    }

    [Fact]
    public void Run_FileThatWasMovedIntoItsFolder_GetsItsListAsItIs()
    {
        var file = new NewFile("O:SYD:P(A;;FA;;;SY)", "O:SY" + Moved);
        Assert.Equal(DescriptorOutcome.Kept, DescriptorCopy.Run(file.Model, file));
        Assert.Equal(["set"], file.Calls);
        Assert.Equal("O:SY" + Moved, file.Now);
    }

    [Fact]
    public void Run_PresentFolderWouldPassOnMore_ProtectsTheFile()
    {
        var file = new NewFile("O:SYD:P(A;;FA;;;SY)", "O:SY" + Moved) { Inherits = Folder };
        Assert.Equal(DescriptorOutcome.Kept, DescriptorCopy.Run(file.Model, file));
        Assert.Equal(["set", "set protected"], file.Calls);
        Assert.Equal("O:SY" + Moved.Replace("D:AI", "D:PAI", StringComparison.Ordinal), file.Now);
    }

    [Fact]
    public void Run_FileSystemThatMakesAnotherList_IsRefused_IfItIsLooser()
    {
        var file = new NewFile("O:SYD:P(A;;FA;;;SY)", "O:SY" + Moved) { Always = "D:(A;;FR;;;WD)" };
        Assert.Equal(DescriptorOutcome.AccessNotKept, DescriptorCopy.Run(file.Model, file));
        Assert.Equal(DescriptorOutcome.Kept, DescriptorCopy.Run(file.Model, new NewFile("O:SYD:P(A;;FA;;;SY)", "O:SY" + Moved) { Always = "D:(A;;FR;;;SY)" }));
    }

    [Fact]
    public void Run_AnotherOwner_IsSetWithThePrivilege_AndTheListStays()
    {
        var file = new NewFile("O:SYD:P(A;;FA;;;SY)", Alice + Moved);
        Assert.Equal(DescriptorOutcome.Kept, DescriptorCopy.Run(file.Model, file));
        Assert.Equal(["set", "enable SeRestorePrivilege", "owner", "disable"], file.Calls);
        Assert.Equal(Alice + Moved, file.Now);
    }

    // 5: a share refuses it, 1307: another owner than the account's own, 1314: the privilege is missing.
    [Theory]
    [InlineData(5)]
    [InlineData(1307)]
    [InlineData(1314)]
    public void Run_AnotherOwner_WithoutThePrivilege_KeepsTheList_AndReportsTheOwner(int error)
    {
        var file = new NewFile("O:SYD:P(A;;FA;;;SY)", Alice + Moved) { IsHeld = false, OwnerError = error };
        Assert.Equal(DescriptorOutcome.OwnerNotKept, DescriptorCopy.Run(file.Model, file));
        Assert.Equal(["set", "enable SeRestorePrivilege", "owner"], file.Calls);
        Assert.Equal("O:SY" + Moved, file.Now);
    }

    // An administrator may give a file to the group of administrators without it.
    [Fact]
    public void Run_OwnerThatNeedsNoPrivilege_IsSetWithoutIt()
    {
        var file = new NewFile("O:S-1-5-21-1-2-3-500D:P(A;;FA;;;SY)", "O:BA" + Moved) { IsHeld = false };
        Assert.Equal(DescriptorOutcome.Kept, DescriptorCopy.Run(file.Model, file));
        Assert.Equal("O:BA" + Moved, file.Now);
    }

    [Fact]
    public void Run_OwnerIsRefusedForAnotherReason_IsAnError_AndThePrivilegeIsGivenBack()
    {
        var file = new NewFile("O:SYD:P(A;;FA;;;SY)", Alice + Moved) { OwnerError = 87 };
        Assert.Throws<IOException>(() => DescriptorCopy.Run(file.Model, file));
        Assert.Equal("disable", file.Calls[^1]);
    }

    [Fact]
    public void AreSame_LooksAtOwnerAndList()
    {
        Assert.True(DescriptorCopy.AreSame(Alice + Moved, Alice + Moved.Replace("ID", "", StringComparison.Ordinal)));
        Assert.False(DescriptorCopy.AreSame(Alice + Moved, "O:SY" + Moved));
        Assert.False(DescriptorCopy.AreSame(Alice + Moved, Alice + Folder));
    }

    // A file whose descriptor is text, on a volume that may have ideas of its own.
    private sealed class NewFile(string made, string model) : IDescriptorTarget
    {
        private bool isProtected;

        public string Model => model;

        public string Now { get; private set; } = made;

        public List<string> Calls { get; } = [];

        public bool IsHeld { get; init; } = true;

        public int OwnerError { get; init; }

        /// <summary>The list that replaces an unprotected one.</summary>
        public string? Inherits { get; init; }

        /// <summary>The list that replaces any other.</summary>
        public string? Always { get; init; }

        public string Read() => Now;

        public void SetAccess(bool asProtected)
        {
            Calls.Add(asProtected ? "set protected" : "set");
            isProtected = asProtected;
            var list = model[model.IndexOf("D:", StringComparison.Ordinal)..];
            Now = Now[..Now.IndexOf("D:", StringComparison.Ordinal)] + (Always ?? (isProtected ? list.Replace("D:AI", "D:PAI", StringComparison.Ordinal) : Inherits ?? list));
        }

        public IDisposable? Enable(string privilege)
        {
            Calls.Add($"enable {privilege}");
            return IsHeld ? new Privilege(Calls) : null;
        }

        public int SetOwner()
        {
            Calls.Add("owner");
            if (OwnerError == 0)
                Now = model[..model.IndexOf("D:", StringComparison.Ordinal)] + Now[Now.IndexOf("D:", StringComparison.Ordinal)..];
            return OwnerError;
        }

        private sealed class Privilege(List<string> calls) : IDisposable
        {
            public void Dispose() => calls.Add("disable");
        }
    }
}
