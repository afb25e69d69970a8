using System.Text;

namespace StepCaRenew.Unit.Fixtures;

/// <summary>The key files of TestData/Keys; its README says how they were made.</summary>
internal static class TestKeys
{
    public const string Password = "correct horse";

    public static string Path(string name) => System.IO.Path.Combine(AppContext.BaseDirectory, "TestData", "Keys", name);

    public static byte[] Bytes(string name) => File.ReadAllBytes(Path(name));

    public static string Text(string name) => Encoding.UTF8.GetString(Bytes(name));
}
