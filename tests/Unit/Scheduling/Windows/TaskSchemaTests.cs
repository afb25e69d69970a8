using System.Xml.Linq;

namespace StepCaRenew.Unit.Scheduling.Windows;

/// <summary>The validator refuses what Windows would: each mutation of a good task is found.</summary>
public sealed class TaskSchemaTests
{
    private static readonly (string Name, Action<XElement> Do)[] Mutations =
    [
        ("another version", task => task.SetAttributeValue("version", "2.0")),
        ("no actions", task => Find(task, "Actions").Remove()),
        ("an empty list of actions", task => Find(task, "Exec").Remove()),
        ("settings twice", task => task.Add(new XElement(Find(task, "Settings")))),
        ("two principals", task => Find(task, "Principals").Add(New("Principal", New("UserId", "S-1-5-18")))),
        ("an unknown setting", task => Find(task, "Settings").Add(New("Speed", "7"))),
        ("a setting of 1.3", task => Find(task, "Settings").Add(New("UseUnifiedSchedulingEngine", "true"))),
        ("an element of no namespace", task => Find(task, "Settings").Add(new XElement("Volatile", "true"))),
        ("the repetition before the start boundary", task => Move(Find(task, "Repetition"), before: Find(task, "StartBoundary"))),
        ("enabled after the start boundary", task => Move(Find(task, "StartBoundary"), before: Find(task, "Enabled"))),
        ("a repetition without an interval", task => Find(task, "Interval").Remove()),
        ("an interval below a minute", task => Find(task, "Interval").Value = "PT59S"),
        ("an interval above 31 days", task => Find(task, "Interval").Value = "P32D"),
        ("an interval in words", task => Find(task, "Interval").Value = "15 minutes"),
        ("a repetition shorter than its interval", task => Find(task, "Repetition").Add(New("Duration", "PT5M"))),
        ("a duration with a fraction", task => Find(task, "Delay").Value = "PT1.5S"),
        ("a negative delay", task => Find(task, "Delay").Value = "-PT1M"),
        ("no start boundary", task => Find(task, "StartBoundary").Remove()),
        ("a start boundary without a day", task => Find(task, "StartBoundary").Value = "00:07:23"),
        ("a start boundary with a fraction of a second", task => Find(task, "StartBoundary").Value = "2020-01-01T00:07:23.5Z"),
        ("a delay in a time trigger", task => Find(task, "TimeTrigger").Add(New("Delay", "PT1M"))),
        ("a user in a boot trigger", task => Find(task, "BootTrigger").Add(New("UserId", "alice"))),
        ("yes for true", task => Find(task, "StartWhenAvailable").Value = "yes"),
        ("True with a capital", task => Find(task, "StartWhenAvailable").Value = "True"),
        ("an unknown policy", task => Find(task, "MultipleInstancesPolicy").Value = "Ignore"),
        ("a priority of 11", task => Find(task, "Priority").Value = "11"),
        ("a restart without a count", task => Find(task, "Settings").Add(New("RestartOnFailure", New("Interval", "PT1M")))),
        ("an unknown run level", task => Find(task, "RunLevel").Value = "Highest"),
        ("a logon type that XML has no word for", task => Find(task, "UserId").AddAfterSelf(New("LogonType", "ServiceAccount"))),
        ("a logon type of SYSTEM", task => Find(task, "UserId").AddAfterSelf(New("LogonType", "Password"))),
        ("no logon type of a user", task => Find(task, "UserId").Value = @"CORP\alice"),
        ("an empty user", task => Find(task, "UserId").Value = ""),
        ("half a SID", task => Find(task, "UserId").Value = @"S-1-5-\x"),
        ("an account with a bar", task => Find(task, "UserId").Value = "a|b"),
        ("a user and a group", task => Find(task, "Principal").Add(New("GroupId", "S-1-5-32-544"))),
        ("neither user nor group", task => Find(task, "UserId").Remove()),
        ("a context without a principal", task => Find(task, "Actions").SetAttributeValue("Context", "Somebody")),
        ("no command", task => Find(task, "Command").Remove()),
        ("an empty command", task => Find(task, "Command").Value = ""),
        ("a command of 261 characters", task => Find(task, "Command").Value = new string('x', 261)),
        ("arguments beyond all lines", task => Find(task, "Arguments").Value = new string('x', 40_000)),
        ("arguments twice", task => Find(task, "Exec").Add(New("Arguments", "x"))),
        ("text among the elements", task => Find(task, "Settings").Add("x")),
    ];

    public static TheoryData<string> Names { get; } = [.. Mutations.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Faults_Mutation_IsRefused(string name)
    {
        var task = XElement.Parse(Samples.Xml(Samples.Machine));
        Mutations.Single(one => one.Name == name).Do(task);
        Assert.NotEmpty(TaskSchema.Faults(task.ToString()));
    }

    [Theory]
    [InlineData("<Task version='1.2'/>")]
    [InlineData("<Task version='1.2' xmlns='urn:x'><Actions/></Task>")]
    [InlineData("<Task")]
    public void Faults_OtherXml_IsRefused(string xml) => Assert.NotEmpty(TaskSchema.Faults(xml));

    [Fact]
    public void Faults_WithoutAMutation_AreEmpty()
    {
        Assert.Empty(TaskSchema.Faults(XElement.Parse(Samples.Xml(Samples.Machine)).ToString()));
        Assert.Empty(TaskSchema.Faults(Samples.Xml(Samples.Own)));
    }

    internal static XElement Find(XElement task, string name) => task.Descendants(TaskSchema.Namespace + name).First();

    internal static XElement New(string name, object content) => new(TaskSchema.Namespace + name, content);

    private static void Move(XElement element, XElement before)
    {
        element.Remove();
        before.AddBeforeSelf(element);
    }
}
