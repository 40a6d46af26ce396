using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Architecture;

/// <summary>What the house rules say of files.</summary>
public sealed class SourceTests
{
    private const int MaxLines = 400;
    private const int MaxProgramLines = 25;

    [Fact]
    public void No_source_file_that_a_person_writes_is_longer_than_400_lines()
    {
        var tooLong = Repository.Folders(Repository.Path("src"))
            .SelectMany(folder => Directory.GetFiles(folder, "*.cs").Concat(Directory.GetFiles(folder, "*.ts")).Concat(Directory.GetFiles(folder, "*.tsx")))
            .Where(file => !File.ReadLines(file).Take(3).Any(line => line.Contains("auto-generated", StringComparison.Ordinal)))
            .Select(file => (Name: Path.GetRelativePath(Repository.Root, file), Lines: File.ReadLines(file).Count()))
            .Where(file => file.Lines > MaxLines);

        Assert.Empty(tooLong);
    }

    [Fact]
    public void Program_tells_the_story_in_25_lines() =>
        Assert.InRange(File.ReadLines(Repository.Path("src", "DigitalTwin", "Program.cs")).Count(), 1, MaxProgramLines);

    [Fact]
    public void No_two_names_in_a_folder_differ_only_by_case() =>
        Assert.Empty(Repository.Folders(Repository.Root).SelectMany(folder => AlikeNames(Directory.GetFileSystemEntries(folder).Select(Path.GetFileName)!)));

    [Fact]
    public void Two_names_that_differ_only_by_case_are_found() => Assert.Equal(["Aws", "aws"], AlikeNames(["aws", "Chat", "Aws"]).Order(StringComparer.Ordinal));

    private static IEnumerable<string> AlikeNames(IEnumerable<string> names) =>
        names.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).Where(alike => alike.Count() > 1).SelectMany(alike => alike);
}
