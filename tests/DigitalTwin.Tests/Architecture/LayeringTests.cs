using System.Text.RegularExpressions;
using DigitalTwin.Tests.Testing;
using Mono.Cecil;
using Xunit;

namespace DigitalTwin.Tests.Architecture;

public sealed partial class LayeringTests
{
    private static readonly string[] FileTypes =
    [
        "File", "Directory", "FileStream", "FileInfo", "DirectoryInfo", "FileSystemInfo", "DriveInfo", "FileSystemWatcher", "RandomAccess",
        "FileStreamOptions", "Enumeration.FileSystemEnumerable`1",
    ];

    private static readonly string App = typeof(Program).Assembly.Location;

    [Fact]
    public void Every_layer_knows_only_those_it_may()
    {
        var violations = ForbiddenEdges(AssemblyReader.Read(App, type => true)).Concat(ForbiddenUsings()).Distinct().Order().ToList();

        Assert.True(violations.Count == 0, "Forbidden edges:\n" + string.Join('\n', violations));
    }

    [Fact]
    public void Every_feature_folder_is_in_the_list_of_layers()
    {
        var folders = Directory.GetDirectories(Repository.Path("src", "DigitalTwin")).Select(folder => Path.GetFileName(folder)!)
            .Where(name => name is not ("bin" or "obj" or "data" or "seed" or "wwwroot" or "Properties" or Layers.Hosting or Layers.Ports));

        Assert.Empty(folders.Except(Layers.Features.Keys));
    }

    [Fact]
    public void No_features_know_each_other_in_a_circle()
    {
        var edges = AssemblyReader.Read(App, type => true).Select(EdgeOf)
            .Where(edge => edge.From != edge.To && IsFeature(edge.From) && IsFeature(edge.To))
            .Distinct().ToLookup(edge => edge.From!, edge => edge.To!);

        var circles = edges.Select(edge => edge.Key).Where(start => Reachable(start, edges).Contains(start)).ToList();

        Assert.True(circles.Count == 0, "In a circle: " + string.Join(", ", circles));
    }

    [Fact]
    public void Features_touch_no_files()
    {
        var violations = FileUses(AssemblyReader.Read(App, IsOfFeature)).ToList();

        Assert.True(violations.Count == 0, "Files in features:\n" + string.Join('\n', violations));
    }

    [Fact]
    public void Nobody_reads_the_wall_clock()
    {
        var violations = ClockReads(AssemblyReader.Read(App, type => Layers.Of(type.Namespace, type.Name) is not null)).ToList();

        Assert.True(violations.Count == 0, "The wall clock is read:\n" + string.Join('\n', violations));
    }

    [Theory]
    [InlineData("InAField")]
    [InlineData("InASignature")]
    [InlineData("InABody")]
    [InlineData("InALambda")]
    [InlineData("InAStateMachine")]
    [InlineData("InAnIterator")]
    [InlineData("InAnAttribute")]
    [InlineData("AsAGenericArgument")]
    public void A_made_up_violation_is_found(string where)
    {
        var uses = AssemblyReader.Read(typeof(LayeringTests).Assembly.Location, type => type.FullName == $"DigitalTwin.Persona.MadeUp.{where}");

        Assert.Contains(ForbiddenEdges(uses), violation => violation.StartsWith("Persona -> Memory", StringComparison.Ordinal));
    }

    [Fact]
    public void A_made_up_file_and_a_made_up_clock_are_found()
    {
        var uses = AssemblyReader.Read(typeof(LayeringTests).Assembly.Location, type => type.FullName == "DigitalTwin.Persona.MadeUp.FileAndClock");

        Assert.Contains(FileUses(uses), violation => violation.Contains("System.IO.File", StringComparison.Ordinal));
        Assert.Contains(ClockReads(uses), violation => violation.Contains("DateTime.get_UtcNow", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Chat", "Storage", true)]
    [InlineData("Chat", "Storage.Embedded", false)]
    [InlineData("Chat", "Storage.Aws", false)]
    [InlineData("Chat", "AwsSdk", false)]
    [InlineData("Storage", "AwsSdk", false)]
    [InlineData("Storage.Embedded", "Storage.Aws", false)]
    [InlineData("Storage.Aws", "AwsSdk", true)]
    [InlineData("Memory", "Persona", false)]
    [InlineData("Knowledge", "Engines", false)]
    [InlineData("Engines", "Knowledge", true)]
    [InlineData("Chat", "Hosting", false)]
    [InlineData("Chat", "Application", false)]
    [InlineData("Root", "Chat", false)]
    [InlineData("Storage", "Memory", false)]
    [InlineData("Storage.Embedded", "Hosting", false)]
    [InlineData("Hosting", "Storage.Embedded", true)]
    public void The_list_says(string from, string to, bool allowed) => Assert.Equal(allowed, Layers.Allows(from, to));

    private static bool IsOfFeature(TypeDefinition type) => IsFeature(Layers.Of(type.Namespace, type.Name));

    private static bool IsFeature(string? layer) => layer is not null && Layers.Features.ContainsKey(layer);

    private static (string? From, string? To) EdgeOf(TypeUse use) =>
        (Layers.Of(use.Source.Namespace, use.Source.Name), Layers.Of(use.Target.Namespace, use.Target.Name));

    private static IEnumerable<string> ForbiddenEdges(IEnumerable<TypeUse> uses) =>
        from use in uses
        let edge = EdgeOf(use)
        where !Layers.Allows(edge.From, edge.To)
        select $"{edge.From} -> {edge.To}: {use.Source.FullName} ({use.Member}) uses {use.Target.FullName}";

    /// <summary>What the compiler folds away (constants, nameof) shows in the source only.</summary>
    private static IEnumerable<string> ForbiddenUsings() =>
        from folder in Repository.Folders(Repository.Path("src", "DigitalTwin"))
        from file in Directory.GetFiles(folder, "*.cs")
        let text = File.ReadAllText(file)
        let own = NamespaceLine().Match(text)
        let source = Layers.Of(own.Groups[1].Value, Path.GetFileNameWithoutExtension(file))
        from Match match in UsingLine().Matches(text)
        let target = Layers.Of(match.Groups[1].Value, "")
        where !Layers.Allows(source, target)
        select $"{source} -> {target}: {Path.GetRelativePath(Repository.Root, file)} is using {match.Groups[1].Value}";

    private static IEnumerable<string> FileUses(IEnumerable<TypeUse> uses) =>
        uses.Where(use => FileTypes.Any(name => use.Target.FullName == "System.IO." + name))
            .Select(use => $"{use.Source.FullName} ({use.Member}) uses {use.Target.FullName}").Distinct();

    private static IEnumerable<string> ClockReads(IEnumerable<TypeUse> uses) =>
        uses.Where(use => use.Target.FullName is "System.DateTime" or "System.DateTimeOffset" && use.Method is "get_Now" or "get_UtcNow" or "get_Today")
            .Select(use => $"{use.Source.FullName} ({use.Member}) calls {use.Target.Name}.{use.Method}").Distinct();

    private static HashSet<string> Reachable(string start, ILookup<string, string> edges)
    {
        var (seen, open) = (new HashSet<string>(), new Stack<string>(edges[start]));
        while (open.TryPop(out var layer))
        {
            if (seen.Add(layer))
            {
                foreach (var next in edges[layer])
                {
                    open.Push(next);
                }
            }
        }

        return seen;
    }

    [GeneratedRegex(@"^namespace (DigitalTwin[\w.]*);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"^(?:global )?using (?:static )?(?:\w+ = )?(DigitalTwin\.[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex UsingLine();
}
