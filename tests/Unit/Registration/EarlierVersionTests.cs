using System.Text;
using System.Text.Json.Nodes;
using StepCaRenew.FileSystem;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Registration;

namespace StepCaRenew.Unit.Registration;

/// <summary>The files of TestData/Definitions were written by the first version, whose reader and writer were written by hand.</summary>
public sealed class EarlierVersionTests
{
    [Theory]
    [InlineData("all")]
    [InlineData("rekey")]
    [InlineData("least")]
    public void Read_DefinitionOfTheFirstVersion_IsRenderedWithTheSameContent(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The paths of the files are full paths on Unix.");
        var bytes = Bytes(name);
        var rendered = DefinitionFormat.Render(DefinitionFormat.Read(name, new InputFile($"{name}.json", bytes, default)));
        Assert.True(JsonNode.DeepEquals(WithTransport(JsonNode.Parse(bytes)!), JsonNode.Parse(rendered)), Encoding.UTF8.GetString(rendered));
    }

    [Fact]
    public void Read_DefinitionOfTheFirstVersion_HasTheSameActions()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The paths of the files are full paths on Unix.");
        ActionDefinition[] actions =
        [
            new CommandAction("/usr/sbin/nginx", ["-s", "", "a \"b\" é\n<c>"]), new CommandAction("/bin/true", []), new ScriptAction("/opt/hook.ps1"), new SignalAction("SIGUSR1", "/run/a.pid"),
            new SignalAction("HUP", "/run/b.pid"), new ServiceAction("nginx", IsReload: true), new ServiceAction("postfix", IsReload: false),
        ];
        var definition = DefinitionFormat.Read("all", new InputFile("all.json", Bytes("all"), default));
        Assert.Equal(actions.Select(action => action.Hash), definition.Actions.Select(action => action.Hash));
    }

    [Theory]
    [InlineData("state")]
    [InlineData("state-new")]
    public void Parse_StateOfTheFirstVersion_IsRenderedAsTheSameText(string name) =>
        Assert.Equal(Encoding.UTF8.GetString(Bytes(name)), Encoding.UTF8.GetString(StateFormat.Render(StateFormat.Parse(Bytes(name))!)));

    // The first version wrote "useToken": true for what is "transport": "Token" now.
    private static JsonNode WithTransport(JsonNode definition)
    {
        if (definition["ca"] is JsonObject ca && ca.Remove("useToken"))
            ca["transport"] = "Token";
        return definition;
    }

    private static byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "TestData", "Definitions", $"{name}.json"));
}
