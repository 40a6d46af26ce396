using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Infrastructure;

/// <summary>What the Dockerfile copies, runs and asks for is there. Nothing here builds an image.</summary>
public sealed partial class ContainerTests
{
    private static readonly string[] Lines = File.ReadAllLines(Repository.Path("Dockerfile"));

    [Fact]
    public void What_the_build_copies_is_in_the_repository_and_not_kept_from_it()
    {
        var copied = Lines.Where(line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from=", StringComparison.Ordinal))
            .SelectMany(line => line.Split(' ')[1..^1]).ToArray();
        var allowed = File.ReadAllLines(Repository.Path(".dockerignore")).Where(line => line.StartsWith('!')).Select(line => line[1..]).ToArray();

        Assert.NotEmpty(copied);
        Assert.All(copied, path =>
        {
            Assert.True(Path.Exists(Repository.Path(path.Split('/'))), path);
            Assert.Contains(allowed, one => path == one || path.StartsWith(one + "/", StringComparison.Ordinal));
        });
    }

    /// <summary>Its folders of that name are the build's and the twin's, and stay away.</summary>
    [Fact]
    public void What_is_kept_from_it_is_none_of_the_sources()
    {
        var source = Repository.Path("src", "DigitalTwin");
        var hidden = Directory.EnumerateDirectories(source, "*", SearchOption.AllDirectories)
            .Select(folder => Path.GetRelativePath(source, folder))
            .Where(folder => Path.GetFileName(folder) is "bin" or "obj" or "data" && !folder.StartsWith("obj", StringComparison.Ordinal) && !folder.StartsWith("bin", StringComparison.Ordinal));

        Assert.Empty(hidden.Except(["data"]));
    }

    [Fact]
    public void It_starts_what_is_published_and_asks_the_route_for_readiness_at_the_port_it_opens()
    {
        var text = string.Join('\n', Lines);
        var entry = JsonNode.Parse(EntryPoint().Match(text).Groups[1].Value)!.AsArray();

        Assert.Equal(["dotnet", typeof(Program).Assembly.GetName().Name + ".dll"], entry.Select(part => part!.ToString()));
        Assert.Contains($"http://127.0.0.1:{Port().Match(text).Groups[1].Value}/health/ready", text, StringComparison.Ordinal);
        Assert.Contains("\nUSER $APP_UID", text, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^ENTRYPOINT (\[.*\])$", RegexOptions.Multiline)]
    private static partial Regex EntryPoint();

    [GeneratedRegex(@"ASPNETCORE_HTTP_PORTS=(\d+)")]
    private static partial Regex Port();
}
