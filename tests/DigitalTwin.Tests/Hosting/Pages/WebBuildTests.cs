using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Hosting.Pages;

/// <summary>The committed build of <c>src/web</c>: made of these sources, small, and nobody else's.</summary>
public sealed partial class WebBuildTests(ITestOutputHelper output)
{
    private const int AllScripts = 60 * 1024;
    private const int FirstScripts = 20 * 1024;
    private const int Widget = 3 * 1024;

    private static readonly string Built = Repository.Path("src", "DigitalTwin", "wwwroot");
    private static readonly string[] NoInputs = ["node_modules", "dist", "test", "coverage"];

    [Fact]
    public void The_build_is_of_the_sources_that_stand_here()
    {
        var recorded = JsonNode.Parse(File.ReadAllText(Path.Combine(Built, "build.json")))!["inputs"]!.GetValue<string>();

        Assert.True(InputsHash(Repository.Path("src", "web")) == recorded, "src/web has changed since wwwroot was built: run `npm ci && npm run build` in src/web.");
    }

    [Fact]
    public void The_hash_sees_every_name_and_every_byte_that_counts()
    {
        using var folder = new TempFolder();
        string After(string file, string content)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder.File(file))!);
            File.WriteAllText(folder.File(file), content);
            return InputsHash(folder.Path);
        }

        var one = After("b.ts", "x");
        Assert.Equal(one, Convert.ToHexStringLower(SHA256.HashData("b.ts\0x\0"u8)));
        Assert.NotEqual(one, After("b.ts", "y"));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("B/a.ts\0z\0b.ts\0y\0"u8)), After("B/a.ts", "z"));
        var all = After("src/test/b.ts", "");
        Assert.All(["node_modules/a.js", "dist/a.js", "test/a.ts", "coverage/a", ".env", "src/.cache/a"], file => Assert.Equal(all, After(file, "no input")));
    }

    [Fact]
    public void The_visitors_page_loads_little_and_less_before_the_first_question()
    {
        var page = File.ReadAllText(Path.Combine(Built, "index.html"));
        var entries = Script().Matches(page).Select(match => match.Groups["file"].Value).ToList();
        Assert.NotEmpty(entries);

        var (first, all) = (Reach(entries, StaticImport()), Reach(entries, AnyName()));

        Assert.DoesNotContain(all, file => file.StartsWith("console", StringComparison.Ordinal));
        AssertFits("Before the first question", first, FirstScripts);
        AssertFits("All of the visitor's page", all, AllScripts);
    }

    [Fact]
    public void The_widget_is_one_small_file()
    {
        AssertFits("The widget", ["../widget.js"], Widget);
        Assert.DoesNotMatch(StaticImport(), File.ReadAllText(Path.Combine(Built, "widget.js")));
    }

    [Fact]
    public void No_page_loads_anything_from_another_host()
    {
        foreach (var page in Directory.GetFiles(Built, "*.html"))
        {
            Assert.All(Linked().Matches(File.ReadAllText(page)), link => Assert.Matches("^(?:/(?!/)|#|data:)", link.Groups[1].Value));
        }
    }

    [Theory]
    [InlineData("import{a as b}from\"./x-1.js\";", true)]
    [InlineData("import\"./x-1.js\";", true)]
    [InlineData("export * from './x-1.js'", true)]
    [InlineData("import(`./x-1.js`)", false)]
    [InlineData("m=[\"assets/x-1.js\"]", false)]
    public void Imports_are_found_in_every_form(string script, bool isStatic)
    {
        Assert.Equal(isStatic, StaticImport().Match(script).Groups["file"].Value == "x-1.js");
        Assert.Equal("x-1.js", AnyName().Match(script).Groups["file"].Value);
    }

    /// <summary>As <c>src/web/scripts/inputs-hash.mjs</c> computes it.</summary>
    private static string InputsHash(string root)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var files = Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(root, file).Replace(Path.DirectorySeparatorChar, '/'))
            .Where(file => !NoInputs.Contains(file.Split('/')[0]) && !file.Split('/').Any(part => part.StartsWith('.')));
        foreach (var file in files.Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(file));
            hash.AppendData([0]);
            hash.AppendData(File.ReadAllBytes(Path.Combine(root, file)));
            hash.AppendData([0]);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The scripts below <c>assets</c> that these lead to, themselves among them.</summary>
    private static List<string> Reach(IEnumerable<string> entries, Regex import)
    {
        var (reached, open) = (new List<string>(), new Queue<string>(entries));
        while (open.TryDequeue(out var file))
        {
            var path = Path.Combine(Built, "assets", file);
            if (reached.Contains(file) || !File.Exists(path))
            {
                continue;
            }

            reached.Add(file);
            foreach (Match match in import.Matches(File.ReadAllText(path)))
            {
                open.Enqueue(match.Groups["file"].Value);
            }
        }

        return reached;
    }

    private static int GzipLength(string file)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(File.ReadAllBytes(file));
        }

        return (int)buffer.Length;
    }

    private void AssertFits(string what, IReadOnlyList<string> files, int budget)
    {
        Assert.NotEmpty(files);
        var sizes = files.Select(file => (file, length: GzipLength(Path.Combine(Built, "assets", file)))).OrderByDescending(size => size.length).ToList();
        var report = $"{what}: {sizes.Sum(size => size.length):N0} of {budget:N0} bytes of gzip\n" + string.Join('\n', sizes.Select(size => $"  {size.length,7:N0} {size.file}"));
        output.WriteLine(report);
        Assert.True(sizes.Sum(size => size.length) <= budget, report);
    }

    [GeneratedRegex("<(?:script[^>]* src|link(?=[^>]* rel=\"modulepreload\")[^>]* href)=\"/assets/(?<file>[^\"]+\\.js)\"")]
    private static partial Regex Script();

    [GeneratedRegex("\\b(?:from|import)\\s*[\"'`]\\./(?<file>[^\"'`/]+\\.js)[\"'`]")]
    private static partial Regex StaticImport();

    [GeneratedRegex("[\"'`](?:\\./|/?assets/)(?<file>[^\"'`/]+\\.js)[\"'`]")]
    private static partial Regex AnyName();

    [GeneratedRegex("<[^>]* (?:src|href|action)=\"([^\"]*)\"")]
    private static partial Regex Linked();
}
