using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Mono.Cecil;
using Mono.Cecil.Cil;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit;

/// <summary>The folders of Core (docs/architecture.md), which of them may use which, and what users can see.</summary>
public sealed partial class ArchitectureTests
{
    // A folder may use those before it in this list, and no other. Adding an arrow means moving a line here: docs/architecture.md says why.
    private static readonly string[] Order =
    [
        "Text", "Errors", "Results", "Json", "Policy", "Processes", "Accounts", "FileSystem", "Logging", "Certificates", "Ca", "Servers", "Stores", "Monitoring",
        "FollowUps", "Renewal", "Issuance", "Inspection", "Permissions", "Scheduling", "Registration", "Completion",
    ];

    // Folders that need less than their place in the list allows.
    private static readonly Dictionary<string, string[]> Narrow = new()
    {
        ["Results"] = ["Text", "Errors"],
        ["Policy"] = ["Errors"],
        ["Processes"] = ["Text", "Errors"],
        ["Accounts"] = ["Errors", "Processes"],
        ["FileSystem"] = ["Errors", "Accounts"],
        ["Logging"] = ["Text", "Errors", "FileSystem"],
        ["Certificates"] = ["Errors", "Policy", "FileSystem"],
        ["Servers"] = ["Text", "Errors", "Policy", "Certificates", "Ca"],
        ["Monitoring"] = ["Errors", "Results", "FileSystem", "Logging", "Certificates", "Ca"],
        ["Permissions"] = ["Text", "Errors", "Accounts", "FileSystem"],
        ["Scheduling"] = ["Text", "Errors", "Json", "Policy", "Processes", "Accounts", "FileSystem", "Ca"],
    };

    // The types of Core that PowerShell's users see; all others are internal. Each line gives the reason.
    private static readonly Dictionary<string, string> Public = new()
    {
        ["RenewalResult"] = "result of Invoke-StepRenewal",
        ["StepCertificate"] = "result of Get-StepCertificate",
        ["PairTestResult"] = "result of Test-StepCertificatePair -Detailed",
        ["RenewalTask"] = "result of Register- and Get-StepRenewalTask",
        ["RenewalTaskCertificate"] = "one of the certificates of such a result",
        ["RegistrationPlan"] = "result of Register-StepRenewalTask -Plan",
        ["RegistrationStatus"] = "constants: RegistrationPlan.Status",
        ["IssuancePlan"] = "result of Request-StepCertificate -Plan",
        ["IssuanceStatus"] = "constants: IssuancePlan.Status",
        ["StepCa"] = "result of Get-StepCa",
        ["StepCaRoot"] = "its root certificates",
        ["StepCaProvisioner"] = "its provisioners",
        ["StepContext"] = "result of Initialize-StepContext",
        ["TextList"] = "the type of their lists",
        ["ResultList"] = "the type of their lists of objects",
        ["RenewalException"] = "the exception of every error record",
        ["RepairCommand"] = "property of the exception of KeyMismatch",
        ["ErrorId"] = "constants: FullyQualifiedErrorId, ErrorId, LastErrorId",
        ["RenewalStatus"] = "constants: RenewalResult.Status",
        ["CertificateStatus"] = "constants: StepCertificate.Status",
        ["KeyStatus"] = "constants: StepCertificate.KeyStatus",
        ["KeyFormat"] = "constants: the forms of a private key",
        ["PfxEncryption"] = "constants: the encryptions of a PFX file",
        ["SchedulerKind"] = "constants: RenewalTask.Scheduler",
        ["RenewalScope"] = "constants: RenewalTask.Scope",
        ["RunExitCode"] = "constants: exit codes of a scheduled run",
    };

    [Fact]
    public void Core_ReferencesOnlyShippedAssemblies_NoPowerShellAndNoDevCa()
    {
        string[] allowed = ["Microsoft.Extensions.Logging.Abstractions"];
        var others = typeof(RenewalException).Assembly.GetReferencedAssemblies()
            .Select(name => name.Name!)
            .Where(name => !name.StartsWith("System.", StringComparison.Ordinal) && !allowed.Contains(name))
            .Where(name => name is not ("Microsoft.Win32.Primitives" or "Microsoft.Win32.Registry")); // .NET's own.
        Assert.Empty(others);
    }

    [Fact]
    public void Core_Folders_UseOnlyThoseBeforeThem()
    {
        var against = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (from, to) in Uses())
        {
            var (folder, used) = (FolderOf(from), FolderOf(to));
            if (folder != used && !IsAllowed(folder, used))
                against.Add($"{folder}/{from.Name} -> {used}/{to.Name}");
        }

        Assert.True(against.Count == 0, $"Arrows that are not allowed:\n{string.Join('\n', against)}");
    }

    [Fact]
    public void Core_Policy_ReadsNoFileAndAsksNoServer()
    {
        using var module = ModuleDefinition.ReadModule(typeof(RenewalException).Assembly.Location);
        var outside = module.Types.Where(type => type.Namespace == "StepCaRenew.Policy").SelectMany(References)
            .Where(type => type.Namespace.StartsWith("System.IO", StringComparison.Ordinal) || type.Namespace.StartsWith("System.Net", StringComparison.Ordinal))
            .Select(type => type.FullName);
        Assert.Empty(outside);
    }

    [Fact]
    public void Core_Public_IsWhatUsersSee() =>
        Assert.Equal(Public.Keys.Order(StringComparer.Ordinal), typeof(RenewalException).Assembly.GetExportedTypes().Select(type => type.Name.Split('`')[0]).Order(StringComparer.Ordinal));

    // A public type's name is part of the public face: it stays when its file moves.
    [Fact]
    public void Core_Namespaces_AreTheFolders_AndThoseOfPublicTypesAreNot()
    {
        var wrong = Sources().Where(source => source.Namespace != (source.Types.Any(Public.ContainsKey) ? "StepCaRenew" : $"StepCaRenew.{source.Folder.Replace('/', '.')}"));
        Assert.Empty(wrong.Select(source => $"{source.Folder}: {source.Namespace}.{source.Types.FirstOrDefault()}"));
    }

    [Fact]
    public void Core_Files_AreShort()
    {
        var root = Path.Combine(Repository.Require(), "src");
        var files = CsFiles(root).Select(path => (Path: Path.GetRelativePath(root, path), Lines: File.ReadLines(path).Count()));
        Assert.DoesNotContain(files, file => file.Lines > 250);
    }

    [Fact]
    public void CoreAndCmdlets_Methods_AreShort()
    {
        var root = Path.Combine(Repository.Require(), "src");
        var methods = CsFiles(root).SelectMany(path => MethodsOf(path, root)).ToList();
        Assert.True(methods.Count > 1000, $"{methods.Count} methods were read.");
        var tooLong = methods.Where(method => method.Lines > 60).Select(method => $"{method.Place}: {method.Lines} lines");
        Assert.True(!tooLong.Any(), string.Join('\n', tooLong));
    }

    private static bool IsAllowed(string folder, string used) =>
        Narrow.TryGetValue(folder, out var narrow) ? narrow.Contains(used) : Array.IndexOf(Order, used) is var at && at >= 0 && at < Array.IndexOf(Order, folder);

    private static Dictionary<string, string> FoldersOfPublicTypes { get; } = Sources()
        .Where(source => source.Namespace == "StepCaRenew").SelectMany(source => source.Types.Select(type => (type, source.Folder))).Distinct().ToDictionary(pair => pair.type, pair => pair.Folder);

    private static string FolderOf(TypeReference type) =>
        (type.Namespace == "StepCaRenew" ? FoldersOfPublicTypes[type.Name.Split('`')[0]] : type.Namespace["StepCaRenew.".Length..]).Split('.', '/')[0];

    private static List<(TypeReference From, TypeReference To)> Uses()
    {
        using var module = ModuleDefinition.ReadModule(typeof(RenewalException).Assembly.Location);
        return [.. module.Types.Where(IsOurs).SelectMany(type => References(type).Select(Outermost).Where(used => used.Scope == module && IsOurs(used)).Select(used => ((TypeReference)type, used)))];
    }

    private static bool IsOurs(TypeReference type) => type.Namespace.StartsWith("StepCaRenew", StringComparison.Ordinal) && !type.Name.StartsWith('<');

    private static TypeReference Outermost(TypeReference type)
    {
        while (type.DeclaringType is { } outer)
            type = outer;
        return type;
    }

    // All types that a type names: in its base, its members and the bodies of its methods, those of its nested types included.
    private static IEnumerable<TypeReference> References(TypeDefinition type)
    {
        IEnumerable<TypeReference?> direct =
        [
            type.BaseType,
            .. type.Interfaces.Select(one => one.InterfaceType),
            .. type.Fields.Select(field => field.FieldType),
            .. type.CustomAttributes.Select(attribute => attribute.AttributeType),
            .. type.Methods.SelectMany(References),
        ];
        return direct.OfType<TypeReference>().SelectMany(Parts).Concat(type.NestedTypes.SelectMany(References));
    }

    private static IEnumerable<TypeReference> References(MethodDefinition method) =>
    [
        method.ReturnType,
        .. method.Parameters.Select(parameter => parameter.ParameterType),
        .. method.HasBody ? method.Body.Variables.Select(variable => variable.VariableType).Concat(method.Body.Instructions.SelectMany(References)) : [],
    ];

    private static IEnumerable<TypeReference> References(Instruction instruction) => instruction.Operand switch
    {
        TypeReference type => [type],
        GenericInstanceMethod generic => [generic.DeclaringType, generic.ReturnType, .. generic.GenericArguments],
        MethodReference method => [method.DeclaringType, method.ReturnType, .. method.Parameters.Select(parameter => parameter.ParameterType)],
        FieldReference field => [field.DeclaringType, field.FieldType],
        _ => [],
    };

    private static IEnumerable<TypeReference> Parts(TypeReference type) => type switch
    {
        GenericInstanceType generic => [generic.ElementType, .. generic.GenericArguments.SelectMany(Parts)],
        TypeSpecification wrapped => Parts(wrapped.ElementType),
        GenericParameter => [],
        _ => [type],
    };

    private static IEnumerable<(string Folder, string Namespace, string[] Types)> Sources()
    {
        var root = Path.Combine(Repository.Require(), "src", "StepCaRenew.Core");
        foreach (var path in CsFiles(root))
        {
            var text = File.ReadAllText(path);
            if (NamespaceLine().Match(text) is { Success: true } match)
                yield return (Path.GetRelativePath(root, Path.GetDirectoryName(path)!).Replace('\\', '/'), match.Groups[1].Value, [.. TypeLine().Matches(text).Select(type => type.Groups[1].Value)]);
        }
    }

    private static IEnumerable<string> CsFiles(string root) =>
        Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories).Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    // A method begins with its declaration, after comments and attributes. The lambdas and local functions in it are part of it.
    private static IEnumerable<(string Place, int Lines)> MethodsOf(string path, string root)
    {
        var tree = CSharpSyntaxTree.ParseText(File.ReadAllText(path));
        foreach (var node in tree.GetRoot().DescendantNodes())
        {
            if (node is not (BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or ArrowExpressionClauseSyntax or AnonymousFunctionExpressionSyntax))
                continue;
            var begin = node is BaseMethodDeclarationSyntax { AttributeLists: [.., var attributes] } ? attributes.GetLastToken().GetNextToken().SpanStart : node.SpanStart;
            var lines = tree.GetLineSpan(TextSpan.FromBounds(begin, node.Span.End));
            yield return ($"{Path.GetRelativePath(root, path)}({lines.StartLinePosition.Line + 1})", lines.EndLinePosition.Line - lines.StartLinePosition.Line + 1);
        }
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"^(?:public|internal) (?:(?:sealed|static|abstract|partial|readonly) )*(?:class|record struct|record|struct|enum|interface) (\w+)", RegexOptions.Multiline)]
    private static partial Regex TypeLine();
}
