namespace StepCaRenew.Integration.Wine;

/// <summary>
/// The COM interfaces of Task Scheduler, called by the module's own classes as on Windows. Wine keeps a task's file and
/// forgets what is in it, runs none and knows no rights: docs/windows.md says what is not shown.
/// </summary>
public sealed class TaskSchedulerTests
{
    [Theory]
    [InlineData("find before", "False")]
    [InlineData("remove before", "False")]
    [InlineData("register", "True")]
    [InlineData("find", "True")]
    [InlineData("file", "True")]
    [InlineData("update", "written")]
    [InlineData("file updated", "True")]
    [InlineData("remove", "True")]
    [InlineData("remove again", "False")]
    [InlineData("find after", "False")]
    [InlineData("own register", "True")]
    [InlineData("own find", "True")]
    [InlineData("own remove", "True")]
    [InlineData("with a password", "True")]
    [InlineData("password removed", "True")]
    public async Task Tasks_AreRegistered_Updated_Found_AndDeleted(string check, string outcome) => Assert.Equal(outcome, (await WineProgram.GetAsync())[check]);

    [Theory]
    [InlineData("broken XML", "SchedulerFailed: ", "0x8004131A")]
    [InlineData("foreign XML", "SchedulerFailed: ", "0x80041317")]
    [InlineData("start", "SchedulerFailed: ", "0x80004001")] // Wine runs no task.
    [InlineData("start of none", "NotRegistered: ", "0x8007000")]
    public async Task Codes_AreMapped(string check, string id, string code)
    {
        var outcome = (await WineProgram.GetAsync())[check];
        Assert.StartsWith(id, outcome, StringComparison.Ordinal);
        Assert.Contains(code, outcome, StringComparison.Ordinal);
    }

    // Strings and VARIANTs as they arrived: user, password, logon type and security descriptor.
    [Theory]
    [InlineData("L\"web\",L\"<Task\",6,", "{VT_BSTR: L\"S-1-5-18\"}", "{VT_EMPTY},5,", "{VT_BSTR: L\"D:P(A;;FA;;;SY)(A;;FA;;;BA)\"}")]
    [InlineData("L\"web\",L\"<Task version=", "{VT_BSTR: L\"CORP\\\\web\"}", "{VT_BSTR: L\"Wine-only\"},1,", "{VT_BSTR: L\"D:P(A;;FA;;;SY)(A;;FA;;;BA)")]
    public async Task Arguments_ArriveAsTheyWereMeant(params string[] parts)
    {
        var calls = (await WineProgram.GetAsync()).Trace.Split('\n').Where(line => line.Contains("TaskFolder_RegisterTask ", StringComparison.Ordinal)).ToList();
        Assert.Contains(calls, call => parts.All(part => call.Contains(part, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task TheFolder_IsMadeWithItsRights()
    {
        var trace = (await WineProgram.GetAsync()).Trace;
        Assert.Matches("TaskFolder_CreateFolder [^\n]*L\"StepCaRenew\",[^\n]*\\{VT_BSTR: L\"D:P\\(A;;FA;;;SY\\)\\(A;;FA;;;BA\\)\"\\}", trace);
    }

    [Fact]
    public async Task CommandLines_AreTakenApartByCommandLineToArgv() => Assert.Equal("2000 came back", (await WineProgram.GetAsync())["command lines"]);

    [Theory]
    [InlineData("event source", "True")]
    [InlineData("event", "written")]
    public async Task TheEventLog_IsCalledAsDeclared(string check, string outcome) => Assert.Equal(outcome, (await WineProgram.GetAsync())[check]);

    [Fact]
    public async Task TheProgram_RanToItsEnd() => Assert.Equal("", (await WineProgram.GetAsync())["end"]);
}
